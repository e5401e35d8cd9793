// `lintel enroll`: ties a BOOTX64.EFI to one configuration.
// Invariant: the file is replaced whole or not at all.
#include "runner/image/enroll.hpp"

#include "runner/cli/command_line.hpp"
#include "runner/cli/setup.hpp"
#include "runner/host/files.hpp"
#include "runner/host/signals.hpp"

namespace lintel::runner {

namespace {

Outcome<Blake2bHash> hash_of(const std::string& configuration) {
    std::string text = TRY(read_file(configuration, "the configuration"));
    return blake2b(as_bytes(text));
}

}  // namespace

Outcome<Exit> enroll_command(const EnrollOptions& options) {
    TRY(Signals::listen());
    const bool one_file = options.files.size() == 1;
    if (one_file != options.reset)
        return refuse("{}", options.reset ? "--reset takes a BOOTX64.EFI and nothing else"
                                          : "enroll takes a configuration and a BOOTX64.EFI");
    const std::string& loader = options.files.back();
    std::string bytes = TRY(read_file(loader, "the loader"));
    const Blake2bHash hash = options.reset ? Blake2bHash{} : TRY(hash_of(options.files.front()));
    TRY(enroll(bytes, hash));
    TRY(replace_file(options.output.empty() ? loader : options.output, bytes));
    return Exit::success;
}

void add_enroll(CommandLine& line) {
    CLI::App& enroll = *line.app.add_subcommand("enroll", "tie a BOOTX64.EFI to one configuration");
    auto wanted = std::make_shared<EnrollOptions>();
    enroll.footer("Example: lintel enroll limine.conf BOOTX64.EFI\nA file for Secure Boot is signed after this.");
    enroll.add_option("files", wanted->files, "the configuration, unless --reset, and BOOTX64.EFI")
        ->required()
        ->expected(1, 2)
        ->type_name("FILE");
    enroll.add_option("-o,--output", wanted->output, "where to put the result; in place without it")->type_name("FILE");
    enroll.add_flag("--reset", wanted->reset, "boot with any configuration again");
    enroll.final_callback(
        [&line, wanted] { line.chosen = [wanted](const Project&) { return enroll_command(*wanted); }; });
}

}  // namespace lintel::runner
