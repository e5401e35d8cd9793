// `lintel check`: a kernel or a configuration, before anything boots.
// Invariant: the report is all that goes to standard output, in either format.
#include <unistd.h>

#include <cstdio>

#include "runner/check/print.hpp"
#include "runner/cli/command_line.hpp"
#include "runner/host/progress_line.hpp"
#include "runner/host/signals.hpp"

namespace lintel::runner {

namespace {

enum class CheckFormat { text, json };

struct CheckOptions {
    std::string file{};
    CheckFormat format = CheckFormat::text;
    std::string root{};
    bool fix_hashes = false;
};

template <class Report>
Exit show(const Report& report, const CheckOptions& options, const Palette& palette) {
    fmt::print("{}", options.format == CheckFormat::json ? json_of(report, options.file)
                                                         : text_of(report, options.file, palette));
    return has_faults(report.remarks) ? Exit::failed : Exit::success;
}

Outcome<Exit> check_command(const CheckOptions& options, const Palette& palette) {
    const std::string bytes = TRY(read_file(options.file, "what is to be checked"));
    if (is_elf(bytes)) {
        if (options.fix_hashes) return refuse("--fix-hashes is for a configuration, and {} is a kernel", options.file);
        ProgressLine progress;
        progress.show(fmt::format("checking {}", fs::path(options.file).filename().string()));
        const auto report = check_kernel(bytes, options.file);
        progress.clear();
        return show(report, options, palette);
    }
    if (!fs::path(options.file).extension().string().starts_with(".conf") || bytes.contains('\0'))
        return refuse("{} is neither an ELF file nor a configuration (a text whose name ends in .conf)", options.file);
    const fs::path root = options.root.empty() ? root_of(options.file) : fs::path(options.root);
    if (!is_folder(root)) return refuse("--root {}: there is no such folder", root.string());
    ProgressLine progress;
    progress.show(fmt::format("reading the files that {} names", fs::path(options.file).filename().string()));
    if (options.fix_hashes) {
        TRY(Signals::listen());
        TRY(fix_hashes(options.file, root));
    }
    auto report = TRY(check_configuration_file(options.file, root));
    progress.clear();
    return show(report, options, palette);
}

}  // namespace

void add_check(CommandLine& line) {
    CLI::App& check =
        *line.app.add_subcommand("check", "say what is wrong with a kernel or a limine.conf, before it boots");
    auto options = std::make_shared<CheckOptions>();
    check.add_option("FILE", options->file, "an ELF file, or a configuration whose name ends in .conf")->required();
    add_choice(check, "--format", options->format, {{"text", CheckFormat::text}, {"json", CheckFormat::json}},
               "how to print the report: text or json");
    check.add_option("--root", options->root, "a configuration's boot volume: the folder that boot():/ stands for")
        ->type_name("FOLDER");
    check.add_flag("--fix-hashes", options->fix_hashes, "write the right hashes into the configuration first");
    check.final_callback([&line, options] {
        line.chosen = [&line, options](const Project&) { return check_command(*options, line.palette(STDOUT_FILENO)); };
    });
}

}  // namespace lintel::runner
