// See the header.
#include "runner/cli/help.hpp"

#include <algorithm>
#include <cstdio>

namespace lintel::runner {

namespace {

constexpr std::size_t columns = 80;
constexpr std::string_view own_group = "Options";  // CLI11's name for options that have no group

constexpr std::string_view examples = R"(
Examples:
  lintel run kernel.elf --firmware direct   your kernel, without firmware
  lintel run -- -s -S                       what follows -- is for QEMU

More: lintel COMMAND --help, lintel help boot|machine|common|codes
)";

constexpr std::string_view codes = R"(Exit codes:
  0  done; the kernel passed, or sits in the halt loop that was to end the run
  1  the kernel said that it failed, or tests failed
  2  refused: a wrong argument, or something missing here
  3  the kernel panicked            4  triple fault, reset or switched off
  5  the time limit passed          6  the boot loader stopped before the kernel
  7  QEMU failed                    8  halted, where lintel test wants a verdict
130  interrupted

Environment:
  LIMINE_PATH        a folder with a binary release of Limine, to boot with that
  OVMF_PATH          the UEFI firmware: its file or its folder
  NO_COLOR           set to anything: no colour, unless --color asks for it
  LINTEL_NO_INSTALL  set to 1: name missing packages instead of installing them
)";

/// `text` with line breaks, and `indent` spaces in front of all lines but the first.
std::string wrapped(std::string_view text, std::size_t indent) {
    std::string result;
    std::size_t at = indent;
    while (!text.empty()) {
        std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (at > indent && at + 1 + word.size() > columns) {
            result += fmt::format("\n{:{}}", "", indent);
            at = indent;
        } else if (at > indent) {
            result += ' ';
            ++at;
        }
        result += word;
        at += word.size();
    }
    return result;
}

std::string name_of(const CLI::Option& option) {
    std::string name = option.get_positional() && option.get_lnames().empty() ? option.get_name(true) : "";
    for (const std::string& letter : option.get_snames())
        name += fmt::format("{}-{}", name.empty() ? "" : ", ", letter);
    for (const std::string& word : option.get_lnames()) name += fmt::format("{}--{}", name.empty() ? "" : ", ", word);
    // What CLI11 adds to the type, its limits, does not fit.
    const std::string type = option.get_type_name();
    if (option.get_type_size() != 0 && !option.get_lnames().empty()) name += " " + type.substr(0, type.find(':'));
    return name;
}

using Options = std::vector<const CLI::Option*>;

std::string list_of(const Options& options) {
    std::size_t width = 0;
    for (const CLI::Option* option : options) width = std::max(width, name_of(*option).size());
    std::string text;
    for (const CLI::Option* option : options)
        text += fmt::format("  {:<{}}  {}\n", name_of(*option), width, wrapped(option->get_description(), width + 4));
    return text;
}

Options in_group(const CLI::App& command, std::string_view group) {
    return command.get_options([&](const CLI::Option* option) {
        // A part of a command has the command's own help.
        const bool parts_help = command.get_parent()->get_parent() != nullptr && option == command.get_help_ptr();
        return option->get_group() == group && !parts_help;
    });
}

std::string usage_of(const CLI::App& command) {
    std::string usage = "lintel " + command.get_name();
    if (!command.get_subcommands({}).empty()) usage += " WHAT";
    usage += " [OPTION...]";
    for (const CLI::Option* option : command.get_options()) {
        if (!option->get_positional()) continue;
        const std::string name = option->get_name(true) + (option->get_items_expected_max() > 1 ? "..." : "");
        usage += option->get_required() ? " " + name : " [" + name + "]";
    }
    return usage;
}

std::string help_of_command(const CLI::App& command) {
    std::string description = command.get_description();
    std::string text = fmt::format("{}\n{}\n\n", usage_of(command), wrapped(description, 0));
    for (const CLI::App* part : command.get_subcommands({}))
        text +=
            fmt::format("  {}  {}\n{}", part->get_name(), part->get_description(), list_of(in_group(*part, own_group)));
    text += list_of(in_group(command, own_group));
    for (const std::string& group : command.get_groups()) {
        if (group == own_group || group.empty()) continue;
        std::string names = group + ":";
        for (const CLI::Option* option : in_group(command, group))
            names += option->get_lnames().empty() ? "" : " --" + option->get_lnames().front();
        text += wrapped(names, 2) + "\n";
    }
    if (!command.get_footer().empty()) text += fmt::format("\n{}\n", command.get_footer());
    return text;
}

std::string help_of_all(const CLI::App& app) {
    std::string text = "lintel COMMAND [OPTION...] [-- QEMU's arguments]\n" + app.get_description() + "\n\n";
    for (const CLI::App* command : app.get_subcommands({}))
        if (!command->get_group().empty())
            text += fmt::format("  {:<11}  {}\n", command->get_name(), command->get_description());
    return text + std::string(examples);
}

/// All options of a group, whichever commands have them.
std::string help_of_group(const CLI::App& app, std::string_view group) {
    Options options;
    for (const CLI::App* command : app.get_subcommands({}))
        for (const CLI::Option* option : in_group(*command, group))
            if (std::ranges::none_of(options, [&](auto* other) { return name_of(*other) == name_of(*option); }))
                options.push_back(option);
    return options.empty() ? "" : fmt::format("The options of the group \"{}\":\n{}", group, list_of(options));
}

Outcome<Exit> help_command(const CLI::App& app, const std::string& topic) {
    std::string text;
    if (topic.empty()) text = help_of_all(app);
    if (topic == "codes") text = codes;
    for (const CLI::App* command : app.get_subcommands({}))
        if (command->get_name() == topic) text = help_of_command(*command);
    if (text.empty() && topic != own_group) text = help_of_group(app, topic);
    if (text.empty()) return refuse("there is no help on {} (see lintel help)", topic);
    fmt::print("{}", text);
    return Exit::success;
}

}  // namespace

std::string_view codes_text() { return codes; }

std::shared_ptr<CLI::FormatterBase> help_formatter() {
    return std::make_shared<CLI::FormatterLambda>([](const CLI::App* app, const std::string&, CLI::AppFormatMode) {
        return app->get_parent() == nullptr ? help_of_all(*app) : help_of_command(*app);
    });
}

void add_help(CommandLine& line) {
    CLI::App& help = *line.app.add_subcommand("help", "this text, or that of a command, a group of options, or codes");
    auto topic = std::make_shared<std::string>();
    help.add_option("TOPIC", *topic, "a command, boot, machine, common, or codes");
    help.final_callback(
        [&line, topic] { line.chosen = [&line, topic](const Project&) { return help_command(line.app, *topic); }; });
}

}  // namespace lintel::runner
