// The command line's shape, told to CLI11.
// Invariant: what follows `--` is cut off before anything parses it.
#include "runner/cli/cli.hpp"

#include <algorithm>
#include <cstdio>

#include "runner/cli/command_line.hpp"
#include "runner/cli/help.hpp"
#include "runner/cli/setup.hpp"
#include "runner/host/suggestion.hpp"

namespace lintel::runner {

namespace {

constexpr const char* description = "Builds, boots, debugs and tests kernels in a virtual machine.";

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

std::string nearest_command(const CLI::App& app, const std::string& typed) {
    std::vector<std::string_view> names;
    for (const CLI::App* command : app.get_subcommands({})) names.emplace_back(command->get_name());
    auto nearest = suggestion(typed, names);
    return nearest ? fmt::format("; did you mean {}?", *nearest) : "";
}

int fail_with(const Failure& failure) {
    say(failure.sentence);
    return static_cast<int>(failure.code);
}

}  // namespace

int command_line(const Project& project, std::span<const std::string> words) {
    CommandLine line{.app{description, "lintel"}};
    line.app.require_subcommand(1);
    line.app.formatter(help_formatter());
    add_run(line);
    add_debug(line);
    add_image(line);
    add_flash(line);
    add_new(line);
    add_enroll(line);
    add_path(line);
    add_check(line);
    add_conformance(line);
    add_bench(line);
    add_test(line);
    add_config(line);
    add_init(line);
    add_doctor(line);
    add_describe(line);
    add_help(line);
    for (CLI::App* command : line.app.get_subcommands({})) {
        add_common_options(*command, line);
        add_project_options(*command, line);
    }
    if (words.empty()) return fail_with({"no command given (see lintel help)"});
    if (!words[0].starts_with('-') && !has_command(line.app, words[0]))
        return fail_with(
            {fmt::format("there is no command {}{} (see lintel help)", words[0], nearest_command(line.app, words[0]))});
    try {
        line.app.parse(cut_off_extra(words, line.extra));
        if (line.refused) return fail_with(*line.refused);
        auto outcome = line.chosen(project);
        return outcome ? static_cast<int>(*outcome) : fail_with(outcome.error());
    } catch (const CLI::CallForHelp&) {
        const auto chosen = line.app.get_subcommands();
        fmt::print("{}", chosen.empty() ? line.app.help() : chosen.front()->help());
        return 0;
    } catch (const CLI::ParseError& error) {
        return fail_with({fmt::format("{} (see lintel help)", error.what())});
    } catch (const std::exception& error) {
        return fail_with({fmt::format("this is a bug in the runner: {}", error.what())});
    }
}

}  // namespace lintel::runner
