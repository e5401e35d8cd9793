// The entry editor: what keys do to the text, what its screens show, and when an edited entry boots.
#include "loader/core/editor.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "loader/core/editor_screen.hpp"

namespace lintel::loader {
namespace {

/// A text with a '|' where the cursor is.
std::string shown(const TextEditor& editor) {
    std::string text;
    for (std::size_t i = 0; i < editor.line_count(); ++i) {
        std::string line(editor.line(i));
        if (i == editor.cursor_line()) {
            std::string_view rest = line;
            for (std::size_t column = 0; column < editor.cursor_column(); ++column) take_printable(rest);
            line.insert(line.size() - rest.size(), "|");
        }
        text += (i > 0 ? "\n" : "") + line;
    }
    return text;
}

class Edited {
public:
    explicit Edited(std::string_view text) { EXPECT_TRUE(editor_->open(text)); }
    EditorChange press(std::initializer_list<Key> keys) {
        EditorChange last = EditorChange::none;
        for (Key key : keys) last = editor_->press(key);
        return last;
    }
    Edited& type(std::string_view text) {
        for (char c : text) editor_->press(KeyPress::of_byte(c));
        return *this;
    }
    std::string shown() { return loader::shown(*editor_); }
    TextEditor& operator*() { return *editor_; }

private:
    std::unique_ptr<TextEditor> editor_ = std::make_unique<TextEditor>();
};

TEST(TextEditor, text_opens_without_tabs_carriage_returns_and_empty_lines_at_its_end) {
    EXPECT_EQ(Edited("\tpath: x\r\n\r\n  a\t\n\n \n").shown(), "|    path: x\n\n  a");
    EXPECT_EQ(Edited("").shown(), "|");
}

TEST(TextEditor, typing_inserts_at_the_cursor) {
    Edited text("ac");
    text.press({Key::right});
    EXPECT_EQ(text.type("b ").shown(), "ab |c");
    EXPECT_EQ(text.type("\n").shown(), "ab \n|c");
    EXPECT_EQ(text.type("\t").shown(), "ab \n    |c");
}

TEST(TextEditor, backspace_and_delete_remove_whole_characters_and_join_lines) {
    Edited text("aä€\nb");
    text.press({Key::end});
    EXPECT_EQ(text.press({Key::backspace}), EditorChange::line);
    EXPECT_EQ(text.shown(), "aä|\nb");
    EXPECT_EQ(text.press({Key::erase}), EditorChange::all);
    EXPECT_EQ(text.shown(), "aä|b");
    text.press({Key::home, Key::right, Key::erase, Key::erase});
    EXPECT_EQ(text.shown(), "a|");
    EXPECT_EQ(text.press({Key::erase}), EditorChange::none);
    text.press({Key::backspace});
    EXPECT_EQ(text.press({Key::backspace}), EditorChange::none);
}

TEST(TextEditor, moving_up_and_down_keeps_the_column_where_lines_are_long_enough) {
    Edited text("abcdef\nx\näöüßgh");
    text.press({Key::right, Key::right, Key::right, Key::down});
    EXPECT_EQ(text.shown(), "abcdef\nx|\näöüßgh");
    text.press({Key::down});
    EXPECT_EQ(text.shown(), "abcdef\nx\näöü|ßgh");
    EXPECT_EQ(text.press({Key::down}), EditorChange::none);
    text.press({Key::up, Key::up});
    EXPECT_EQ(text.shown(), "abc|def\nx\näöüßgh");
    text.press({Key::page_down, Key::end});
    EXPECT_EQ(text.shown(), "abcdef\nx\näöüßgh|");
    text.press({Key::left, Key::page_up, Key::home, Key::left});
    EXPECT_EQ(text.shown(), "|abcdef\nx\näöüßgh");
}

TEST(TextEditor, left_and_right_cross_line_ends) {
    Edited text("a\nb");
    text.press({Key::right, Key::right});
    EXPECT_EQ(text.shown(), "a\n|b");
    text.press({Key::left});
    EXPECT_EQ(text.shown(), "a|\nb");
}

TEST(TextEditor, what_does_not_fit_is_not_taken) {
    TextEditor editor;
    EXPECT_EQ(editor.open(std::string(32769, 'x')).error().text, "this entry is too long to be edited");
    ASSERT_TRUE(editor.open(std::string(32766, 'x')));
    EXPECT_EQ(editor.press(Key::tab), EditorChange::none);
    EXPECT_EQ(editor.press(Key::enter), EditorChange::all);
    EXPECT_EQ(editor.press(KeyPress::of_byte('y')), EditorChange::line);
    EXPECT_EQ(editor.press(KeyPress::of_byte('y')), EditorChange::none);
    EXPECT_EQ(editor.text().size(), 32768U);
}

TEST(TextEditor, whatever_is_pressed_the_cursor_stays_between_characters) {
    std::mt19937 random(1);
    Edited text("one\n\xff\xfe two\näöü\n");
    for (int i = 0; i < 5000; ++i) {
        (*text).press(random() % 3 == 0 ? KeyPress::of_byte("x\n"[random() % 2])
                                        : KeyPress(static_cast<Key>(random() % 16)));
        std::string all = text.shown();
        ASSERT_EQ(std::ranges::count(all, '|'), 1) << all;
        all.erase(all.find('|'), 1);
        ASSERT_EQ(all, (*text).text());
    }
}

class Judge final : public EntryJudge {
public:
    Status judge(const Entry& entry) override {
        ++asked;
        if (!entry.option("path")) return fail(ErrorCode::malformed, "there is no path", entry.title);
        return {};
    }
    int asked = 0;
};

/// The editor on the first entry of a configuration.
class Session {
public:
    explicit Session(std::string text) : text_(std::move(text)) {
        configuration_ = parse_configuration(text_, platform_, storage_->room()).value();
        EXPECT_TRUE(editor_->open(configuration_, platform_, configuration_.entries[0]));
    }
    EntryEditor::Outcome press(KeyPress press) { return editor_->press(press, judge); }
    void type(std::string_view text) {
        for (char c : text) EXPECT_EQ(press(KeyPress::of_byte(c)), EntryEditor::Outcome::edit);
    }
    EntryEditor* operator->() { return editor_.get(); }
    EntryEditor& operator*() { return *editor_; }
    Judge judge;

private:
    std::string text_;
    Platform platform_{};
    std::unique_ptr<ConfigurationStorage> storage_ = std::make_unique<ConfigurationStorage>();
    std::unique_ptr<EntryEditor> editor_ = std::make_unique<EntryEditor>();
    Configuration configuration_;
};

TEST(EntryEditor, the_edited_entry_boots_and_the_configurations_own_stays) {
    Session session("${D}=boot():\n/Linux\n  path: ${D}/k\n/Other\n");
    session.type("cmdline: ${ARCH}!\n");
    ASSERT_EQ(session.press(Key::boot), EntryEditor::Outcome::boot);
    EXPECT_EQ(session->entry().title, "Linux");
    EXPECT_EQ(session->entry().option("cmdline"), "x86-64!");
    EXPECT_EQ(session->entry().option("path"), "boot():/k");
}

TEST(EntryEditor, escape_forgets_the_changes) {
    Session session("/a\npath: x\n");
    session.type("zzz");
    EXPECT_EQ(session.press(Key::escape), EntryEditor::Outcome::cancel);
    EXPECT_EQ(session.judge.asked, 0);
}

TEST(EntryEditor, what_is_wrong_is_said_and_not_booted) {
    Session session("/a\npath: x\n");
    EXPECT_EQ(session->hint(), "");
    session.type("bogus\n");
    EXPECT_EQ(session->hint(), "neither a title nor an option nor a comment in the configuration, in line (1)");
    EXPECT_EQ(session.press(Key::boot), EntryEditor::Outcome::edit);
    EXPECT_EQ(session.judge.asked, 0);
    session.press(Key::backspace);
    session.type(":\n");
    EXPECT_EQ(session->hint(), "would be ignored, since this loader does not know it: bogus");
    EXPECT_EQ(session.press(Key::boot), EntryEditor::Outcome::boot);
}

TEST(EntryEditor, an_entry_that_cannot_be_booted_stays_in_the_editor) {
    Session session("/a\ncmdline: x\n");
    EXPECT_EQ(session->hint(), "");
    EXPECT_EQ(session.press(Key::boot), EntryEditor::Outcome::edit);
    EXPECT_EQ(session->hint(), "there is no path: a");
    EXPECT_NE(session->change(), EditorChange::none);
    session.type("path: y\n");
    EXPECT_EQ(session->hint(), "");
    EXPECT_EQ(session.press(Key::boot), EntryEditor::Outcome::boot);
}

TEST(EntryEditor, without_validation_only_booting_complains) {
    Session session("editor_validation: no\n/a\npath: x\n");
    session.type("bogus\n");
    EXPECT_EQ(session->hint(), "");
    EXPECT_EQ(session.press(Key::boot), EntryEditor::Outcome::edit);
    EXPECT_EQ(session->hint(), "neither a title nor an option nor a comment in the configuration, in line (1)");
}

/// A screen that keeps characters and styles.
class Cells final : public MenuScreen {
public:
    Cells(std::size_t columns, std::size_t lines)
        : text(lines, std::string(columns, ' ')), styles(lines, std::string(columns, ' ')) {}
    [[nodiscard]] std::size_t columns() const override { return text[0].size(); }
    [[nodiscard]] std::size_t lines() const override { return text.size(); }
    void clear() override {}
    void put(std::size_t line, MenuStyle style, std::string_view piece) override {
        ASSERT_LT(line, text.size());
        text[line].assign(columns(), ' ');
        styles[line].assign(columns(), letter(style));
        put_at(line, 0, style, piece);
    }
    void put_at(std::size_t line, std::size_t column, MenuStyle style, std::string_view piece) override {
        ASSERT_LT(line, text.size());
        for (; !piece.empty(); ++column) {
            ASSERT_LT(column, columns());
            std::string_view character = take_printable(piece);
            text[line][column] = character.size() == 1 ? character[0] : '~';
            styles[line][column] = letter(style);
            ++cells_put;
        }
    }
    static char letter(MenuStyle style) { return "tescHdnwC"[static_cast<std::size_t>(style)]; }
    std::vector<std::string> text, styles;
    int cells_put = 0;
};

TEST(EditorView, lines_are_numbered_and_coloured_by_what_they_mean) {
    Session session("/The title\n# why\n  path: x\n${A}=b\nbogus: c\n");
    Cells screen(24, 12);
    EditorView view;
    view.draw(*session, session->change(), screen);
    EXPECT_EQ(screen.text[0], " Editing: The title     ");
    EXPECT_EQ(screen.text[2], "  1  # why              ");
    EXPECT_EQ(screen.text[3], "  2    path: x          ");
    EXPECT_EQ(screen.text[5], "  4  bogus: c           ");
    EXPECT_EQ(screen.styles[2].substr(5, 5), "CHHHH");
    EXPECT_EQ(screen.styles[3].substr(5, 9), "nnnnnneee");
    EXPECT_EQ(screen.styles[4].substr(5, 6), "nnnnee");
    EXPECT_EQ(screen.styles[5].substr(5, 8), "wwwwweee");
    EXPECT_EQ(screen.text[10].substr(0, 23), " would be ignored, sinc");
}

TEST(EditorView, without_highlighting_all_text_looks_alike) {
    Session session("editor_highlighting: no\n/a\npath: x\nbogus: c\n");
    Cells screen(24, 12);
    EditorView view;
    view.draw(*session, session->change(), screen);
    EXPECT_EQ(screen.styles[3].substr(5, 8), "eeeeeeee");
}

TEST(EditorView, the_view_follows_the_cursor_down_and_to_the_right) {
    std::string text = "/a\n";
    for (int i = 0; i < 30; ++i) text += "cmdline: " + std::to_string(i) + " " + std::string(40, 'x') + "END\n";
    Session session(text);
    Cells screen(30, 12);
    EditorView view;
    view.draw(*session, EditorChange::all, screen);
    EXPECT_EQ(screen.text[2].back(), '~') << "an ellipsis, where there is more";
    for (int i = 0; i < 3; ++i) {
        session.press(Key::page_down);
        view.draw(*session, session->change(), screen);
    }
    EXPECT_TRUE(screen.text[8].starts_with(" 30  cmdline: 29")) << screen.text[8];
    session.press(Key::end);
    view.draw(*session, session->change(), screen);
    EXPECT_TRUE(screen.text[8].contains("END")) << screen.text[8];
    EXPECT_TRUE(screen.styles[8].contains('C'));
    session.press(Key::home);
    view.draw(*session, session->change(), screen);
    EXPECT_TRUE(screen.text[8].starts_with(" 30  cmdline: 29"));
}

TEST(EditorView, what_is_drawn_piece_by_piece_is_what_a_new_view_draws) {
    std::mt19937 random(1);
    Session session("/a\npath: x\ncmdline: some words\n\n# comment\nmodule_path: y\n");
    for (auto [columns, lines] : {std::pair{20, 9}, {80, 24}, {3, 3}, {1, 1}}) {
        Cells screen(static_cast<std::size_t>(columns), static_cast<std::size_t>(lines));
        EditorView view;
        view.draw(*session, EditorChange::all, screen);
        for (int i = 0; i < 300; ++i) {
            auto key = static_cast<Key>(random() % (static_cast<unsigned>(Key::other) + 1));
            session.press(key == Key::text ? KeyPress::of_byte("ab:#"[random() % 4]) : KeyPress(key));
            view.draw(*session, session->change(), screen);
            Cells fresh(static_cast<std::size_t>(columns), static_cast<std::size_t>(lines));
            EditorView copy = view;
            copy.draw(*session, EditorChange::all, fresh);
            ASSERT_EQ(screen.text, fresh.text);
            ASSERT_EQ(screen.styles, fresh.styles);
        }
    }
}

TEST(EditorView, a_typed_character_draws_its_line_alone) {
    Session session("/a\npath: x\ncmdline: y\nmodule_path: z\n");
    Cells screen(80, 24);
    EditorView view;
    view.draw(*session, session->change(), screen);
    screen.cells_put = 0;
    session.type("#");
    view.draw(*session, session->change(), screen);
    EXPECT_LT(screen.cells_put, 20);
}

}  // namespace
}  // namespace lintel::loader
