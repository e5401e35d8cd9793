// Brings what lintel.toml, its profile and the environment say to the options of a command, as if it had been typed.
// Invariant: an option that the person typed keeps its value; lists add up, with what was typed last.
#include <algorithm>

#include "runner/cli/command_line.hpp"
#include "runner/project/project_file.hpp"

namespace lintel::runner {

namespace {

/// The commands that work on a project, rather than on this tree.
constexpr std::string_view commands[] = {"run", "debug", "image", "flash", "check", "test", "config", "init"};

/// Where a command takes its kernel as an argument, that stands for --kernel.
constexpr const char* kernel_argument = "kernel";

CLI::Option* option_for(CLI::App& command, const Key& key) {
    if (key.test && command.get_name() != "test") return nullptr;
    // `timeout` outside of [test] is for a run, not for each of many tests.
    if (!key.test && command.get_name() == "test" && find_key(key.name, true) != nullptr) return nullptr;
    if (key.option.empty()) return nullptr;
    CLI::Option* option = command.get_option_no_throw(std::string(key.option));
    if (key.name != "kernel") return option;
    CLI::Option* argument = command.get_option_no_throw(kernel_argument);
    return argument == nullptr || (option != nullptr && option->count() != 0) ? option : argument;
}

std::vector<std::string> typed_for(CommandLine& line, CLI::App& command, const Key& key) {
    if (key.name == "qemu-args") return line.extra;
    const CLI::Option* option = option_for(command, key);
    return option == nullptr || option->count() == 0 ? std::vector<std::string>{} : option->results();
}

Outcome<std::optional<ProjectFile>> project_of(const CommandLine& line) {
    std::optional<fs::path> path;
    std::error_code error;
    if (!line.project_file.empty())
        path = fs::absolute(line.project_file);
    else if (const fs::path here = fs::current_path(error); !error)
        path = find_project_file(here);
    if (!path) return std::nullopt;
    return TRY(read_project(*path));
}

/// As if it had been typed; what was typed is in `setting` as well.
Outcome<void> hand_over(CLI::Option& option, const Setting& setting) {
    try {
        option.clear();
        for (const std::string& word : setting.words()) option.add_result(word);
        option.run_callback();
        return {};
    } catch (const CLI::Error& error) {
        return refuse("{}: {}", setting.values.back().place, error.what());
    }
}

bool only_typed(const Setting& setting) {
    return std::ranges::all_of(setting.values, [](const Value& value) {
        return value.source == Source::flag || value.source == Source::standard;
    });
}

Outcome<void> settle_for(CommandLine& line, CLI::App& command) {
    if (line.profile.empty()) line.profile = environment("LINTEL_PROFILE").value_or("");
    line.project = TRY(project_of(line));
    Request request{.file = line.project ? &*line.project : nullptr, .profile = line.profile};
    request.test = command.get_name() == "test";
    request.environment = [](const std::string& variable) { return environment(variable.c_str()); };
    request.flag = [&](const Key& key) { return typed_for(line, command, key); };
    line.settings = TRY(settle(request));
    for (const Setting& setting : line.settings) {
        if (only_typed(setting)) continue;
        if (setting.key->name == "qemu-args") line.extra = setting.words();
        if (CLI::Option* option = option_for(command, *setting.key)) TRY(hand_over(*option, setting));
    }
    return {};
}

}  // namespace

void add_project_options(CLI::App& command, CommandLine& line) {
    if (std::ranges::find(commands, command.get_name()) == std::end(commands)) return;
    command.add_option("--profile", line.profile, "a profile of lintel.toml")->type_name("NAME")->group(common_group);
    command.add_option("--project", line.project_file, "another file than the nearest lintel.toml")
        ->type_name("FILE")
        ->group(common_group);
    command.parse_complete_callback([&] {
        if (auto settled = settle_for(line, command); !settled) line.refused = settled.error();
    });
}

}  // namespace lintel::runner
