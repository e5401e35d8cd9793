// The command line's shape, told to CLI11.
// Invariant: what follows `--` is cut off before anything parses it.
#include "runner/cli/cli.hpp"

#include <algorithm>
#include <cstdio>

#include "runner/cli/command_line.hpp"
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

void add_help(CommandLine& line) {
    line.app.add_subcommand("help", "print this text")->final_callback([&line] {
        line.chosen = [&line](const Project&) -> Outcome<Exit> {
            // help() would be that of the command at hand, which is this one.
            fmt::print("{}\n", line.app.get_formatter()->make_help(&line.app, "lintel", CLI::AppFormatMode::Normal));
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
    CommandLine line{.app{description, "lintel"}};
    line.app.require_subcommand(1);
    line.app.footer(footer);
    add_run(line);
    add_debug(line);
    add_image(line);
    add_path(line);
    add_conformance(line);
    add_bench(line);
    add_test(line);
    add_doctor(line);
    add_help(line);
    if (words.empty()) return fail_with({"no command given (see ./lintel help)"});
    if (!words[0].starts_with('-') && !has_command(line.app, words[0]))
        return fail_with({fmt::format("there is no command {} (see ./lintel help)", words[0])});
    try {
        line.app.parse(cut_off_extra(words, line.extra));
        auto outcome = line.chosen(project);
        return outcome ? static_cast<int>(*outcome) : fail_with(outcome.error());
    } catch (const CLI::CallForHelp&) {
        fmt::print("{}\n",
                   line.app.get_subcommands().empty() ? line.app.help() : line.app.get_subcommands().front()->help());
        return 0;
    } catch (const CLI::ParseError& error) {
        return fail_with({fmt::format("{} (see ./lintel help)", error.what())});
    } catch (const std::exception& error) {
        return fail_with({fmt::format("this is a bug in the runner: {}", error.what())});
    }
}

}  // namespace lintel::runner
