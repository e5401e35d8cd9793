#include "kernel/monitor/shell.hpp"

#include <algorithm>

#include "base/error_text.hpp"
#include "base/text.hpp"
#include "kernel/monitor/word_rows.hpp"

namespace lintel {
namespace {

constexpr std::string_view help_name = "help";

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

struct Words {
    std::string_view first;
    std::string_view rest;
};

Words split(std::string_view line) {
    line = trim(line);
    const std::size_t end = std::min(line.find(' '), line.size());
    return {line.substr(0, end), trim(line.substr(end))};
}

/// "page <address>"
TextBuffer<32> usage(const Command& command) {
    TextBuffer<32> words;
    print(words, "{}{}{}", command.name, command.argument.empty() ? "" : " ", command.argument);
    return words;
}

}  // namespace

void Shell::run(std::string_view prompt) {
    LineEditor editor(terminal_, *this, prompt);
    while (const auto line = editor.read()) obey(*line);
}

void Shell::obey(std::string_view line) {
    const auto [name, argument] = split(line);
    if (name.empty()) return;
    if (name == help_name) {
        help(argument);
        return;
    }
    const Command* command = find(name);
    if (command == nullptr) {
        print(terminal_, "there is no command {}; help lists them\n", name);
    } else if (command->argument.empty() && !argument.empty()) {
        print(terminal_, "{} takes no argument\n", name);
    } else if (command->argument.starts_with('<') && argument.empty()) {
        print(terminal_, "{} needs {}\n", name, command->argument);
    } else if (const Status status = command->run(terminal_, argument); !status) {
        print_error(terminal_, status.error());
        terminal_.write("\n");
    }
}

const Command* Shell::find(std::string_view name) const {
    const auto found = std::ranges::find(commands_, name, &Command::name);
    return found == commands_.end() ? nullptr : &*found;
}

void Shell::help(std::string_view name) {
    if (name.empty()) {
        print(terminal_, "{:<17} these lines, or more about one of them\n", "help [command]");
        for (const Command& command : commands_) print(terminal_, "{:<17} {}\n", usage(command).text(), command.what);
        return;
    }
    const Command* command = find(name);
    if (command == nullptr) {
        print(terminal_, "there is no command {}; help lists them\n", name);
        return;
    }
    print(terminal_, "{}: {}\n", usage(*command).text(), command->what);
    if (command->word == nullptr) return;
    WordRows rows(terminal_, LineEditor::width);
    for (std::size_t i = 0; const auto word = command->word(i); ++i) rows.add(*word);
    rows.end();
}

std::optional<std::string_view> Shell::word(std::string_view before, std::size_t index) const {
    const auto [name, rest] = split(before);
    if (name.empty() || (name == help_name && rest.empty())) {
        if (index < commands_.size()) return commands_[index].name;
        if (index == commands_.size() && name.empty()) return help_name;
        return std::nullopt;
    }
    const Command* command = find(name);
    if (command == nullptr || command->word == nullptr || !rest.empty()) return std::nullopt;
    return command->word(index);
}

}  // namespace lintel
