// What the monitor answers to a line, whatever its commands are.
#include "kernel/monitor/shell.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/fake_terminal.hpp"

namespace lintel {
namespace {

Status greet(Terminal& terminal, std::string_view) {
    terminal.write("hello\n");
    return {};
}

Status show(Terminal& terminal, std::string_view argument) {
    print(terminal, "<{}>\n", argument);
    return {};
}

Status refuse(Terminal&, std::string_view argument) {
    return fail(ErrorCode::not_found, "this will never work", argument);
}

std::optional<std::string_view> colour(std::size_t index) {
    constexpr std::array<std::string_view, 2> colours = {"green", "grey"};
    if (index >= colours.size()) return std::nullopt;
    return colours[index];
}

constexpr std::array table = {
    Command{"greet", "", "say hello", greet},
    Command{"show", "[text]", "show a text", show},
    Command{"paint", "<colour>", "paint it", show, colour},
    Command{"refuse", "[text]", "fail", refuse},
};

std::string answer(std::string_view line) {
    FakeTerminal terminal;
    Shell(terminal, table).obey(line);
    return terminal.written();
}

/// What is on the last row after these keys.
std::string last_row(std::string_view keys) {
    FakeTerminal terminal(keys);
    Shell(terminal, table).run("> ");
    return terminal.rows().back();
}

TEST(Shell, a_command_runs_with_its_argument) {
    EXPECT_EQ(answer("greet"), "hello\n");
    EXPECT_EQ(answer("show"), "<>\n");
    EXPECT_EQ(answer("  show  one two  "), "<one two>\n");
}

TEST(Shell, an_empty_line_has_no_answer) {
    EXPECT_EQ(answer(""), "");
    EXPECT_EQ(answer("   "), "");
}

TEST(Shell, each_mistake_gets_one_sentence) {
    EXPECT_EQ(answer("gret"), "there is no command gret; help lists them\n");
    EXPECT_EQ(answer("greet me"), "greet takes no argument\n");
    EXPECT_EQ(answer("paint"), "paint needs <colour>\n");
    EXPECT_EQ(answer("refuse it"), "this will never work: it\n");
    EXPECT_EQ(answer("help me"), "there is no command me; help lists them\n");
}

TEST(Shell, help_lists_all_commands_with_their_arguments) {
    const std::string help = answer("help");
    EXPECT_TRUE(help.contains("help [command] ")) << help;
    EXPECT_TRUE(help.contains("paint <colour>    paint it\n")) << help;
    EXPECT_EQ(std::ranges::count(help, '\n'), 5);
}

TEST(Shell, help_about_a_command_shows_what_its_argument_can_be) {
    EXPECT_EQ(answer("help paint"), "paint <colour>: paint it\ngreen  grey\n");
    EXPECT_EQ(answer("help greet"), "greet: say hello\n");
}

TEST(Shell, tab_completes_commands_and_arguments) {
    EXPECT_EQ(last_row("gr\t"), "> greet ");
    EXPECT_EQ(last_row("h\tp\t"), "> help paint ");
    EXPECT_EQ(last_row("paint gree\t"), "> paint green ");
    EXPECT_EQ(last_row("paint green gr\t"), "> paint green gr") << "it takes one word";
    EXPECT_EQ(last_row("show gr\t"), "> show gr");
}

TEST(Shell, a_session_goes_on_after_mistakes) {
    FakeTerminal terminal("bogus\rgreet\r");
    Shell(terminal, table).run("> ");
    EXPECT_EQ(terminal.written(), "> bogus\nthere is no command bogus; help lists them\n> greet\nhello\n> ");
}

}  // namespace
}  // namespace lintel
