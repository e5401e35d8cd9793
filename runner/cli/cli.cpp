// The command line's shape, told to CLI11.
// Invariant: what follows `--` is cut off before anything parses it.
#include "runner/cli/cli.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <ranges>

#include "runner/cli/commands.hpp"
#include "runner/cli/setup.hpp"

namespace lintel::runner {

namespace {

constexpr const char* description = "Builds, boots, debugs and tests the kernel of this tree in a virtual machine.";

constexpr const char* footer = R"(Exit codes:
  0  done; for run --until-halt: the kernel sits in its halt loop
  2  refused: a wrong argument, or something missing here
  3  the kernel panicked             4  the machine reset itself or switched off
  5  the time limit passed           6  the boot loader stopped before the kernel
  7  QEMU failed                   130  interrupted

Environment:
  LIMINE_PATH        a folder with a binary release of Limine, to boot with that
  OVMF_PATH          the UEFI firmware: its file or its folder
  LINTEL_NO_INSTALL  set to 1: name missing packages instead of installing them

The classic way into GDB:  ./lintel run -- -s -S)";

constexpr double longest_timeout = 86400;  // seconds

struct Parser {
    CLI::App app{description, "lintel"};
    RunOptions run{};
    DebugOptions debug{};
    ImageOptions image{};
    std::string output{};
    PathOf path_of = PathOf::kernel;
    LoaderWish path_loader = LoaderWish::automatic;
    FirmwareWish bench_firmware = FirmwareWish::uefi;
    ConformanceOptions conformance{};
    std::vector<std::string> extra{};
    std::function<Outcome<Exit>(const Project&)> chosen{};
};

/// An option or argument whose value is one of a few words.
template <class T>
void add_choice(CLI::App& command, const std::string& name, T& target, const std::map<std::string, T>& words,
                std::string text) {
    auto take = [&target, words, name](const std::string& word) {
        auto found = words.find(word);
        if (found == words.end())
            throw CLI::ValidationError(
                fmt::format("{} {}: not one of {}", name, word, fmt::join(words | std::views::keys, ", ")));
        target = found->second;
    };
    command.add_option_function<std::string>(name, take, std::move(text))->type_name("WORD");
}

const std::map<std::string, LoaderWish> loader_words = {
    {"auto", LoaderWish::automatic}, {"lintel", LoaderWish::lintel}, {"limine", LoaderWish::limine}};

void add_loader(CLI::App& command, LoaderWish& wish) {
    add_choice(command, "--loader", wish, loader_words, "the boot loader: auto, lintel or limine");
}

void add_image_options(CLI::App& command, ImageOptions& options) {
    add_loader(command, options.loader);
    command.add_option("--kernel", options.kernel, "another kernel for the image")->type_name("FILE");
    command.add_option("--config", options.configuration, "another limine.conf for the image")->type_name("FILE");
    command.add_option("--cmdline", options.additions.command_line, "more for the kernel's command line")
        ->type_name("TEXT");
    command.add_option("--module", options.additions.modules, "one more module; can be given several times")
        ->type_name("FILE")
        ->allow_extra_args(false);
    command.add_option("--loader-efi", options.efi_loader, "another BOOTX64.EFI for the image")->type_name("FILE");
}

void add_firmware(CLI::App& command, FirmwareWish& wish) {
    add_choice(command, "--firmware", wish, {{"uefi", FirmwareWish::uefi}, {"direct", FirmwareWish::direct}},
               "how the machine starts: uefi, or direct, in a tenth of a second");
}

void add_machine_options(CLI::App& command, MachineOptions& options) {
    add_firmware(command, options.firmware);
    add_choice(command, "--accel", options.accelerator,
               {{"auto", AcceleratorWish::automatic}, {"kvm", AcceleratorWish::kvm}, {"tcg", AcceleratorWish::tcg}},
               "how to run the machine's instructions: auto, kvm or tcg");
    command.add_option("--memory", options.memory, "the machine's memory (512M)")->type_name("SIZE");
    command.add_option("--cpus", options.processors, "the machine's processors (1)")
        ->type_name("N")
        ->check(CLI::Range(1U, 255U));
    command.add_flag("--verbose", options.verbose, "show the exact QEMU command");
}

void add_run(Parser& parser) {
    CLI::App& run = *parser.app.add_subcommand("run", "build, then boot in QEMU; -- passes the rest to QEMU");
    run.add_flag("--until-halt", parser.run.until_halt, "end with success once the kernel sits in its halt loop");
    run.add_flag("--headless", parser.run.headless, "no window, even where there is a display");
    run.add_option("--timeout", parser.run.timeout, "give up after so long (60 where the run ends by itself; 0: never)")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.0, longest_timeout));
    run.add_option("--serial-log", parser.run.serial_log, "what the machine writes to its serial line")
        ->type_name("FILE");
    run.add_option("--screenshot", parser.run.screenshot, "the screen at the end, as .png or .ppm")->type_name("FILE");
    add_image_options(run, parser.run.image);
    add_machine_options(run, parser.run.machine);
    run.final_callback([&] {
        parser.run.machine.extra = parser.extra;
        parser.chosen = [&](const Project& project) { return run_command(project, parser.run); };
    });
}

void add_debug(Parser& parser) {
    CLI::App& debug = *parser.app.add_subcommand("debug", "boot to a breakpoint in the halt loop, in GDB");
    debug.add_flag("--batch", parser.debug.batch, "print the backtrace there and end");
    debug.add_option("--timeout", parser.debug.timeout, "give up after so long, with --batch (120)")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.0, longest_timeout));
    add_image_options(debug, parser.debug.image);
    add_machine_options(debug, parser.debug.machine);
    debug.final_callback([&] {
        parser.debug.machine.extra = parser.extra;
        parser.chosen = [&](const Project& project) { return debug_command(project, parser.debug); };
    });
}

void add_image_and_path(Parser& parser) {
    CLI::App& image = *parser.app.add_subcommand("image", "make the ISO and print its path");
    image.add_option("-o,--output", parser.output, "where to put it")->type_name("FILE");
    add_image_options(image, parser.image);
    image.final_callback([&] {
        parser.chosen = [&](const Project& project) { return image_command(project, parser.image, parser.output); };
    });

    CLI::App& path = *parser.app.add_subcommand("path", "print the absolute path of the kernel, iso or loader");
    add_choice(path, "what", parser.path_of,
               {{"kernel", PathOf::kernel}, {"iso", PathOf::iso}, {"loader", PathOf::loader}}, "kernel, iso or loader");
    path.get_option("what")->required();
    add_loader(path, parser.path_loader);
    path.final_callback([&] {
        parser.chosen = [&](const Project& project) {
            return path_command(project, parser.path_of, parser.path_loader);
        };
    });
}

void add_conformance(Parser& parser) {
    CLI::App& command = *parser.app.add_subcommand(
        "conformance", "boot kernels that judge the loader by the specification; -- passes the rest to QEMU");
    ConformanceOptions& options = parser.conformance;
    add_loader(command, options.loader);
    add_choice(command, "--against", options.against,
               std::map<std::string, std::optional<LoaderWish>>(loader_words.begin(), loader_words.end()),
               "a second loader, to show what differs: auto, lintel or limine");
    add_choice(command, "--format", options.format, {{"text", TableFormat::text}, {"markdown", TableFormat::markdown}},
               "the table's form: text or markdown");
    command.add_option("--member", options.members, "only this kernel of the family; can be given several times")
        ->type_name("NAME")
        ->allow_extra_args(false);
    command.add_flag("--matrix", options.matrix, "many kinds of machines rather than one");
    command.add_option("--jobs", options.at_a_time, "machines that run side by side (3)")
        ->type_name("N")
        ->check(CLI::Range(1U, 64U));
    add_machine_options(command, options.machine);
    command.final_callback([&] {
        options.machine.extra = parser.extra;
        parser.chosen = [&](const Project& project) { return conformance_command(project, options); };
    });
}

void add_the_rest(Parser& parser) {
    CLI::App& bench = *parser.app.add_subcommand("bench", "measure");
    bench.require_subcommand(1);
    CLI::App& boot = *bench.add_subcommand("boot", "what it costs from reset to the kernel");
    add_firmware(boot, parser.bench_firmware);
    boot.final_callback([&] {
        parser.chosen = [&](const Project& project) { return bench_boot_command(project, parser.bench_firmware); };
    });
    parser.app.add_subcommand("test", "build and run all tests; -- passes the rest to ctest")->final_callback([&] {
        parser.chosen = [&](const Project& project) { return test_command(project, parser.extra); };
    });
    parser.app.add_subcommand("doctor", "each tool and file that is needed: where it is, or what to install")
        ->final_callback([&] { parser.chosen = doctor_command; });
    parser.app.add_subcommand("help", "print this text")->final_callback([&] {
        parser.chosen = [&](const Project&) -> Outcome<Exit> {
            fmt::print("{}\n", parser.app.help());
            return Exit::success;
        };
    });
}

std::vector<std::string> cut_off_extra(std::span<const std::string> words, std::vector<std::string>& extra) {
    auto mark = std::ranges::find(words, "--");
    if (mark != words.end()) extra.assign(mark + 1, words.end());
    std::vector<std::string> rest(words.begin(), mark);
    std::ranges::reverse(rest);  // CLI11 takes the words from the back
    return rest;
}

bool has_command(const CLI::App& app, const std::string& name) {
    return !app.get_subcommands([&](const CLI::App* command) { return command->get_name() == name; }).empty();
}

int fail_with(const Failure& failure) {
    say(failure.sentence);
    return static_cast<int>(failure.code);
}

}  // namespace

int command_line(const Project& project, std::span<const std::string> words) {
    Parser parser;
    parser.app.require_subcommand(1);
    parser.app.footer(footer);
    add_run(parser);
    add_debug(parser);
    add_image_and_path(parser);
    add_conformance(parser);
    add_the_rest(parser);
    if (words.empty()) return fail_with({"no command given (see ./lintel help)"});
    if (!words[0].starts_with('-') && !has_command(parser.app, words[0]))
        return fail_with({fmt::format("there is no command {} (see ./lintel help)", words[0])});
    try {
        parser.app.parse(cut_off_extra(words, parser.extra));
        auto outcome = parser.chosen(project);
        return outcome ? static_cast<int>(*outcome) : fail_with(outcome.error());
    } catch (const CLI::CallForHelp&) {
        fmt::print("{}\n", parser.app.get_subcommands().empty() ? parser.app.help()
                                                                : parser.app.get_subcommands().front()->help());
        return 0;
    } catch (const CLI::ParseError& error) {
        return fail_with({fmt::format("{} (see ./lintel help)", error.what())});
    } catch (const std::exception& error) {
        return fail_with({fmt::format("this is a bug in the runner: {}", error.what())});
    }
}

}  // namespace lintel::runner
