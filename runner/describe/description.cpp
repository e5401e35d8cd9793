// Options that take a file complete to files; those that take a word, to their words; others to nothing.
#include "runner/describe/description.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

namespace lintel::runner {

namespace {

bool takes_file(const DescribedOption& option) {
    return option.words.empty() && (option.value.contains("FILE") || option.value.contains("KERNEL") ||
                                    option.value.contains("IMAGE") || option.value.contains("DEVICE"));
}

bool takes_folder(const DescribedOption& option) { return option.value.contains("DIR"); }

/// `text` with `mark` before each of `special`.
std::string marked(const std::string& text, std::string_view special, std::string_view mark) {
    std::string result;
    for (char c : text) {
        if (special.contains(c)) result += mark;
        result += c;
    }
    return result;
}

/// Within single quotes of a shell.
std::string quoted(const std::string& text) {
    std::string result = "'";
    for (char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
}

std::vector<std::string> names_of(const std::vector<DescribedOption>& options) {
    std::vector<std::string> names;
    for (const DescribedOption& option : options) names.insert(names.end(), option.names.begin(), option.names.end());
    return names;
}

std::string joined(const std::vector<std::string>& words, const char* between = " ") {
    return fmt::format("{}", fmt::join(words, between));
}

std::vector<std::string> names_of(const std::vector<DescribedCommand>& commands) {
    std::vector<std::string> names;
    names.reserve(commands.size());
    for (const DescribedCommand& command : commands) names.push_back(command.name);
    return names;
}

/// The words that can stand in a command as they are: its own commands, and what its arguments can be.
std::vector<std::string> plain_words(const DescribedCommand& command) {
    std::vector<std::string> words = names_of(command.commands);
    for (const DescribedOption& option : command.options)
        if (option.names.empty()) words.insert(words.end(), option.words.begin(), option.words.end());
    return words;
}

bool takes_plain_file(const DescribedCommand& command) {
    return std::ranges::any_of(command.options,
                               [](const DescribedOption& o) { return o.names.empty() && takes_file(o); });
}

/// A command's options, and those of the commands in it.
std::vector<DescribedOption> all_options(const DescribedCommand& command) {
    std::vector<DescribedOption> options = command.options;
    for (const DescribedCommand& inner : command.commands)
        options.insert(options.end(), inner.options.begin(), inner.options.end());
    return options;
}

std::string zsh_value(const DescribedOption& option) {
    if (!option.words.empty()) return fmt::format("({})", joined(option.words));
    return takes_folder(option) ? "_files -/" : (takes_file(option) ? "_files" : " ");
}

}  // namespace

std::string for_bash(const DescribedCommand& command) {
    std::string values;
    std::string options;
    for (const DescribedCommand& inner : command.commands) {
        const auto all = all_options(inner);
        for (const DescribedOption& option : all) {
            if (option.value.empty() || option.names.empty()) continue;
            std::string action = ":";
            if (!option.words.empty())
                action = fmt::format("mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$word\")", joined(option.words));
            else if (takes_folder(option))
                action = "mapfile -t COMPREPLY < <(compgen -d -- \"$word\")";
            else if (takes_file(option))
                action = "mapfile -t COMPREPLY < <(compgen -f -- \"$word\")";
            for (const std::string& name : option.names)
                values += fmt::format("        {}:{}) {}; return ;;\n", inner.name, name, action);
        }
        options += fmt::format("        {}) options='{}' words='{}' files={} ;;\n", inner.name, joined(names_of(all)),
                               joined(plain_words(inner)), takes_plain_file(inner) ? "-f" : "");
    }
    return fmt::format(R"(# bash completion for {0}; printed by `{0} describe bash`
_{0}() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} command=${{COMP_WORDS[1]}}
    local options words files
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W '{1}' -- "$word")
        return
    fi
    case $command:$before in
{2}    esac
    case $command in
{3}        *) return ;;
    esac
    case $word in
        -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen ${{files:+"$files"}} -W "$words" -- "$word") ;;
    esac
}}
complete -o filenames -F _{0} {0}
)",
                       command.name, joined(names_of(command.commands)), values, options);
}

std::string for_zsh(const DescribedCommand& command) {
    std::string commands;
    std::string cases;
    for (const DescribedCommand& inner : command.commands) {
        commands += fmt::format("    {}\n", quoted(marked(inner.name, ":", "\\") + ":" + inner.text));
        cases += fmt::format("  {})\n    _arguments", inner.name);
        for (const DescribedOption& option : all_options(inner)) {
            const std::string text = marked(option.text, "[]:\\", "\\");
            const std::string value =
                option.value.empty() ? "" : fmt::format(":{}:{}", marked(option.value, ":\\", "\\"), zsh_value(option));
            for (const std::string& name : option.names)
                cases += " \\\n      " + quoted(fmt::format("*{}[{}]{}", name, text, value));
            if (option.names.empty()) cases += " \\\n      " + quoted("*" + value);
        }
        if (!inner.commands.empty())
            cases += " \\\n      " + quoted(fmt::format("1:command:({})", joined(names_of(inner.commands))));
        cases += "\n    ;;\n";
    }
    return fmt::format(R"(#compdef {0}
# zsh completion for {0}; printed by `{0} describe zsh`
local -a commands
commands=(
{1})
if (( CURRENT == 2 )); then
  _describe command commands
  return
fi
local command=$words[2]
shift words
(( CURRENT-- ))
case $command in
{2}esac
)",
                       command.name, commands, cases);
}

std::string for_fish(const DescribedCommand& command) {
    std::string result =
        fmt::format("# fish completion for {0}; printed by `{0} describe fish`\ncomplete -c {0} -f\n", command.name);
    for (const DescribedCommand& inner : command.commands) {
        result += fmt::format("complete -c {} -n __fish_use_subcommand -a {} -d {}\n", command.name, inner.name,
                              quoted(inner.text));
        const std::string when =
            fmt::format("complete -c {} -n '__fish_seen_subcommand_from {}'", command.name, inner.name);
        for (const DescribedOption& option : all_options(inner)) {
            if (option.names.empty()) continue;
            result += when;
            for (const std::string& name : option.names)
                result += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
            if (!option.words.empty())
                result += " -x -a " + quoted(joined(option.words));
            else if (takes_file(option) || takes_folder(option))
                result += " -r -F";
            else if (!option.value.empty())
                result += " -x";
            result += " -d " + quoted(option.text) + "\n";
        }
        if (auto words = plain_words(inner); !words.empty())
            result += fmt::format("{} -a {}\n", when, quoted(joined(words)));
        if (takes_plain_file(inner)) result += when + " -F\n";
    }
    return result;
}

namespace {

/// Text for roff: no line begins a request, and a hyphen is the one that is typed.
std::string roff(const std::string& text) {
    std::string result;
    for (char c : text) {
        if ((c == '.' || c == '\'') && (result.empty() || result.back() == '\n')) result += "\\&";
        if (c == '\\')
            result += "\\e";
        else if (c == '-')
            result += "\\-";
        else
            result += c;
    }
    return result;
}

std::string man_options(const DescribedCommand& command) {
    std::string result;
    for (const DescribedOption& option : command.options) {
        std::string names;
        for (const std::string& name : option.names)
            names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", roff(name));
        const std::string value = option.words.empty() ? option.value : joined(option.words, "|");
        if (!value.empty()) names += fmt::format("{}\\fI{}\\fR", names.empty() ? "" : " ", roff(value));
        result += fmt::format(".TP\n{}\n{}\n", names, roff(option.text));
    }
    return result;
}

std::string man_command(const DescribedCommand& command, const std::string& before) {
    std::string result =
        fmt::format(".SS {}\n{}\n{}", roff(before + command.name), roff(command.text), man_options(command));
    for (const DescribedCommand& inner : command.commands) result += man_command(inner, before + command.name + " ");
    return result;
}

}  // namespace

std::string for_man(const DescribedCommand& command, const std::string& rest) {
    std::string result = fmt::format(
        ".TH LINTEL 1\n.SH NAME\n{0} \\- boots, checks, debugs and tests kernels of the Limine boot protocol\n"
        ".SH SYNOPSIS\n.B {0}\n\\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fB\\-\\-\\fR \\fIARGUMENT\\fR...]\n"
        ".SH DESCRIPTION\n{1}\n.SH COMMANDS\n",
        command.name, roff(command.text));
    for (const DescribedCommand& inner : command.commands) result += man_command(inner, "");
    return result + ".SH NOTES\n.nf\n" + roff(rest) + "\n.fi\n";
}

}  // namespace lintel::runner
