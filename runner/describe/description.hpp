// What the command consists of, and that told to shells and to man(1).
// Invariant: a description knows nothing of the library that parses the command line, and every printer tells all of
// it.
#pragma once

#include <string>
#include <vector>

namespace lintel::runner {

struct DescribedOption {
    std::vector<std::string> names{};  // with their dashes; none for an argument that is known by its place
    std::string value{};               // what the value is called: "FILE"; empty where there is none
    std::vector<std::string> words{};  // all that the value can be, where that is a few words
    std::string text{};
};

struct DescribedCommand {
    std::string name{};
    std::string text{};
    std::vector<DescribedOption> options{};
    std::vector<DescribedCommand> commands{};
};

/// Completions for the program `command.name`, whose commands are one level deep.
std::string for_bash(const DescribedCommand& command);
std::string for_zsh(const DescribedCommand& command);
std::string for_fish(const DescribedCommand& command);

/// The manual page; `rest` is what follows the commands: exit codes, environment.
std::string for_man(const DescribedCommand& command, const std::string& rest);

}  // namespace lintel::runner
