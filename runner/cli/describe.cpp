// `lintel describe`: the command's own description, for shells and for man(1).
// Invariant: it is taken from what the parser knows, so that nothing in it can be out of date.
#include "runner/describe/description.hpp"

#include <cstdio>

#include "runner/cli/help.hpp"

namespace lintel::runner {

namespace {

using Printer = std::string (*)(const DescribedCommand& command, const std::string& rest);

/// A few words stand in an option's type with bars between: "auto|kvm|tcg".
DescribedOption describe(const CLI::Option& option) {
    DescribedOption result{.text = option.get_description()};
    for (const std::string& name : option.get_snames()) result.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) result.names.push_back("--" + name);
    if (option.get_items_expected_max() == 0) return result;
    // What a check adds to the type's name stands behind a colon.
    result.value = option.get_type_name();
    result.value.erase(std::min(result.value.find(':'), result.value.size()));
    if (!result.value.contains('|')) return result;
    std::string rest = result.value + "|";
    for (std::size_t bar = rest.find('|'); bar != std::string::npos; bar = rest.find('|')) {
        result.words.push_back(rest.substr(0, bar));
        rest.erase(0, bar + 1);
    }
    result.value = "WORD";
    return result;
}

DescribedCommand describe(const CLI::App& app) {
    DescribedCommand result{.name = app.get_name(), .text = app.get_description()};
    for (const CLI::Option* option : app.get_options()) result.options.push_back(describe(*option));
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        result.commands.push_back(describe(*command));
    return result;
}

std::string print_bash(const DescribedCommand& command, const std::string& /*rest*/) { return for_bash(command); }
std::string print_zsh(const DescribedCommand& command, const std::string& /*rest*/) { return for_zsh(command); }
std::string print_fish(const DescribedCommand& command, const std::string& /*rest*/) { return for_fish(command); }

}  // namespace

void add_describe(CommandLine& line) {
    CLI::App& command =
        *line.app.add_subcommand("describe", "print a shell's completions (bash, zsh, fish) or the manual page (man)");
    command.group("");  // for packages; a person has it already
    auto printer = std::make_shared<Printer>(nullptr);
    add_choice<Printer>(command, "for", *printer,
                        {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}, {"man", for_man}},
                        "bash, zsh, fish or man");
    command.get_option("for")->required();
    command.final_callback([&line, printer] {
        line.chosen = [&line, printer](const Project&) -> Outcome<Exit> {
            fmt::print("{}", (*printer)(describe(line.app), std::string(codes_text())));
            return Exit::success;
        };
    });
}

}  // namespace lintel::runner
