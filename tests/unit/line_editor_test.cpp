// The monitor's line, what keys do to it, and what a terminal shows of it.
#include "kernel/monitor/line_editor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "base/utf8.hpp"
#include "kernel/monitor/shell.hpp"
#include "tests/unit/fake_terminal.hpp"

namespace lintel {
namespace {

class Fruit final : public Completions {
public:
    [[nodiscard]] std::optional<std::string_view> word(std::string_view before, std::size_t index) const override {
        static constexpr std::array<std::string_view, 4> words = {"apple", "apricot", "apricots", "pear"};
        if (!before.empty() || index >= words.size()) return std::nullopt;
        return words[index];
    }
};

/// Types `keys` and gives each line that was entered.
struct Session {
    explicit Session(std::string_view keys) : terminal(keys) {
        LineEditor editor(terminal, fruit, "> ");
        while (const auto line = editor.read()) lines.emplace_back(*line);
    }
    FakeTerminal terminal;
    Fruit fruit{};
    std::vector<std::string> lines{};
};

std::vector<std::string> typed(std::string_view keys) { return Session(keys).lines; }
using Lines = std::vector<std::string>;

TEST(LineEditor, text_is_entered_as_it_is_typed) { EXPECT_EQ(typed("hello\rthere\r"), (Lines{"hello", "there"})); }

TEST(LineEditor, arrows_home_and_end_move_the_cursor) {
    EXPECT_EQ(typed("bd\x1b[Dc\x1b[Ha\x1b[Fe\r"), (Lines{"abcde"}));
    EXPECT_EQ(typed("bc\x01"
                    "a\x05"
                    "d\x02\x02\x06-\r"),
              (Lines{"abc-d"}))
        << "control characters do the same";
}

TEST(LineEditor, erasing_takes_what_is_before_or_behind_the_cursor) {
    EXPECT_EQ(typed("abc\b\r"), (Lines{"ab"}));
    EXPECT_EQ(typed("abc\x1b[H\x1b[3~\r"), (Lines{"bc"}));
    EXPECT_EQ(typed("\b\x1b[3~x\r"), (Lines{"x"})) << "at the ends there is nothing to take";
    EXPECT_EQ(typed("one two\x1b[D\x1b[D\x1b[D\x0b\r"), (Lines{"one "})) << "Ctrl-K: to the end";
    EXPECT_EQ(typed("one two\x1b[D\x1b[D\x1b[D\x15\r"), (Lines{"two"})) << "Ctrl-U: to the start";
    EXPECT_EQ(typed("one two  \x17\r"), (Lines{"one "})) << "Ctrl-W: a word";
}

TEST(LineEditor, control_c_starts_anew) {
    Session session("rubbish\x03good\r");
    EXPECT_EQ(session.lines, (Lines{"good"}));
    EXPECT_EQ(session.terminal.rows()[0], "> rubbish^C");
}

TEST(LineEditor, characters_beyond_ascii_are_one_each) {
    EXPECT_EQ(typed("aäü€\b\b\r"), (Lines{"aä"}));
    EXPECT_EQ(typed("ä\x1b[D\x1b[3~x\r"), (Lines{"x"}));
    EXPECT_EQ(typed("\U0001f600\r"), (Lines{"\U0001f600"}));
}

TEST(LineEditor, what_is_no_utf8_is_not_taken) {
    EXPECT_EQ(typed("a\xff\x80"
                    "b\xc3"
                    "c\xe2\x82"
                    "d\xed\xa0\x80\xc2\x85"
                    "e\r"),
              (Lines{"abcde"}));
}

TEST(LineEditor, history_goes_back_and_forth) {
    EXPECT_EQ(typed("one\rtwo\r\x1b[A\x1b[A\r"), (Lines{"one", "two", "one"}));
    EXPECT_EQ(typed("one\rtwo\r\x1b[A\x1b[A\x1b[B\r"), (Lines{"one", "two", "two"}));
    EXPECT_EQ(typed("one\r\x10\x0e"
                    "new\r"),
              (Lines{"one", "new"}))
        << "behind the last one is an empty line";
    EXPECT_EQ(typed("one\r\x1b[A\x1b[A\x1b[A!\r"), (Lines{"one", "one!"})) << "it ends at the first";
}

TEST(LineEditor, history_keeps_neither_empty_lines_nor_repetitions) {
    EXPECT_EQ(typed("one\r\r\rtwo\rtwo\r\x1b[A\x1b[A\r"), (Lines{"one", "", "", "two", "two", "one"}));
}

TEST(LineEditor, history_forgets_the_oldest) {
    std::string keys;
    for (int i = 0; i < 20; ++i) keys += std::to_string(i) + "\r";
    for (int i = 0; i < 40; ++i) keys += "\x1b[A";
    EXPECT_EQ(typed(keys + "\r").back(), "4");
}

TEST(LineEditor, tab_completes_as_far_as_all_words_agree) {
    EXPECT_EQ(typed("pe\t!\r"), (Lines{"pear !"}));
    EXPECT_EQ(typed("apr\t\r"), (Lines{"apricot"}));
    EXPECT_EQ(typed("x\t\r"), (Lines{"x"}));
    EXPECT_EQ(typed("pe pe\t\r"), (Lines{"pe pe"})) << "nothing is known of a second word";
}

TEST(LineEditor, tab_shows_the_words_where_there_are_several) {
    Session session("ap\t\r");
    EXPECT_EQ(session.lines, (Lines{"ap"}));
    EXPECT_EQ(session.terminal.rows(), (Lines{"> ap", "apple  apricot  apricots", "> ap", "> "}));
}

TEST(LineEditor, a_full_line_takes_no_more) {
    EXPECT_EQ(typed(std::string(1000, 'x') + "\r"), (Lines{std::string(Line::capacity, 'x')}));
    EXPECT_EQ(typed(std::string(Line::capacity - 1, 'x') + "ä\r"), (Lines{std::string(Line::capacity - 1, 'x')}));
}

TEST(LineEditor, typing_at_the_end_sends_each_character_once) {
    Session session("abc\r");
    EXPECT_EQ(session.terminal.written(), "> abc\n> ");
}

/// What the row of a line should look like: a part of the text no wider than the terminal, with the cursor in it.
void expect_shown(const FakeTerminal& terminal, const std::string& text) {
    const std::string row = terminal.rows().back();
    ASSERT_TRUE(row.starts_with("> ")) << row;
    std::string shown = row.substr(2);
    shown.erase(shown.find_last_not_of(' ') + 1);
    EXPECT_TRUE(text.contains(shown)) << row << "\nis no part of " << text;
    EXPECT_LT(terminal.column(), LineEditor::width);
}

TEST(LineEditor, a_long_line_is_shown_around_its_cursor_and_never_wraps) {
    std::string text;
    for (char c = 'a'; c <= 'z'; ++c) text += std::string(5, c) + "-";
    FakeTerminal terminal(text);
    Fruit fruit;
    LineEditor editor(terminal, fruit, "> ");
    EXPECT_FALSE(editor.read());
    EXPECT_EQ(terminal.widest(), LineEditor::width - 1);
    EXPECT_TRUE(terminal.rows().back().ends_with("zzzzz-")) << terminal.rows().back();
    expect_shown(terminal, text);
}

TEST(LineEditor, whatever_is_pressed_the_terminal_shows_the_line) {
    std::mt19937 random(1);
    const std::vector<std::string> keys = {"a",      "bc",     " ",          "ä",       "€",    "\b",   "\x1b[D",
                                           "\x1b[C", "\x1b[H", "\x1b[F",     "\x1b[3~", "\x0b", "\x15", "\x17",
                                           "\x1b[A", "\x1b[B", "0123456789", "x",       "y",    "z\r"};
    std::string sent;
    for (int i = 0; i < 4000; ++i) {
        // A long line is what is hard to show.
        const std::size_t common = random() % 4 == 0 ? keys.size() : 5;
        sent += random() % 5 == 0 ? keys[16] : keys[random() % common];
    }
    Session session(sent);
    EXPECT_GT(session.lines.size(), 10U);
    EXPECT_LE(session.terminal.widest(), LineEditor::width);
    // At Enter the cursor goes to the end, so the row ends as the line does.
    for (std::size_t i = 0; i < session.lines.size(); ++i) {
        std::string row = session.terminal.rows()[i].substr(2);
        row.erase(row.find_last_not_of(' ') + 1);
        std::string line = session.lines[i];
        line.erase(line.find_last_not_of(' ') + 1);
        EXPECT_TRUE(line.ends_with(row)) << "shown: " << row << "\nline:  " << line;
    }
}

}  // namespace
}  // namespace lintel
