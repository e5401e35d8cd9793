// The editor's layout on lines, and what of a line has which colour.
#include "loader/core/editor_screen.hpp"

#include <algorithm>
#include <array>

#include "base/printable.hpp"

namespace lintel::loader {
namespace {

// Above the text: title and an empty line. Below: an empty line, hint, help.
constexpr std::size_t lines_above = 2;
constexpr std::size_t lines_below = 3;
constexpr std::size_t gutter = 5;  // columns for the lines' numbers

std::size_t height_of(const MenuScreen& screen) {
    std::size_t around = lines_above + lines_below;
    return screen.lines() > around ? screen.lines() - around : 1;
}

std::size_t width_of(const MenuScreen& screen) { return screen.columns() > gutter ? screen.columns() - gutter : 1; }

/// A line's text up to `name_end` is drawn in one style, what is behind it in another.
struct Colouring {
    std::size_t name_end;
    MenuStyle name;
    MenuStyle rest;
};

Colouring colouring_of(const EntryEditor& editor, std::string_view line) {
    constexpr Colouring plain{0, MenuStyle::entry, MenuStyle::entry};
    std::size_t start = line.find_first_not_of(' ');
    if (!editor.highlights() || start == std::string_view::npos) return plain;
    if (line[start] == '#') return {0, MenuStyle::help, MenuStyle::help};
    if (line.substr(start).starts_with("${"))
        return {std::min(line.find('='), line.size()), MenuStyle::name, MenuStyle::entry};
    std::size_t colon = line.find(':');
    bool is_known = colon != std::string_view::npos && is_known_option(line.substr(start, colon - start));
    if (!is_known && editor.validates()) return {std::min(colon, line.size()), MenuStyle::wrong, MenuStyle::entry};
    return {std::min(colon, line.size()), MenuStyle::name, MenuStyle::entry};
}

}  // namespace

void EditorView::draw(const EntryEditor& editor, EditorChange change, MenuScreen& screen) {
    if (change == EditorChange::none) return;
    bool scrolled = follow(editor.text(), screen);
    if (scrolled || change == EditorChange::all) {
        screen.clear();
        draw_frame(editor, screen);
        for (std::size_t i = 0; i < height_of(screen); ++i) draw_line(editor, top_ + i, screen);
    } else {
        if (cursor_line_ != editor.text().cursor_line()) draw_line(editor, cursor_line_, screen);
        draw_line(editor, editor.text().cursor_line(), screen);
    }
    put_line(screen, screen.lines() - std::min<std::size_t>(screen.lines(), 2), MenuStyle::wrong, " {}", editor.hint());
    cursor_line_ = editor.text().cursor_line();
}

void EditorView::draw_frame(const EntryEditor& editor, MenuScreen& screen) const {
    put_line(screen, 0, MenuStyle::title, " Editing: {}", editor.title());
    put_line(screen, 1, MenuStyle::entry, "");
    std::size_t below = lines_above + height_of(screen);
    put_line(screen, below, MenuStyle::entry, "");
    put_line(screen, below + 2, MenuStyle::help,
             " F10 or Ctrl-X boot   Escape forget the changes   (nothing is saved)");
}

void EditorView::draw_line(const EntryEditor& editor, std::size_t line, MenuScreen& screen) const {
    const TextEditor& text = editor.text();
    if (line < top_ || line - top_ >= height_of(screen)) return;
    std::size_t row = lines_above + line - top_;
    if (row >= screen.lines()) return;  // a screen without room for more than the frame
    if (line >= text.line_count()) return put_line(screen, row, MenuStyle::entry, "");
    put_line(screen, row, MenuStyle::help, "{:3}", line + 1);

    if (screen.columns() <= gutter) return;

    std::string_view rest = text.line(line);
    const Colouring colouring = colouring_of(editor, rest);
    const std::size_t size = rest.size(), right = left_ + width_of(screen);
    const bool has_cursor = line == text.cursor_line();
    const std::size_t cursor = text.cursor_column();
    TextBuffer<1024> piece;
    MenuStyle style = colouring.name;
    std::size_t piece_column = 0;
    auto put_piece = [&] {
        if (!piece.text().empty()) screen.put_at(row, gutter + piece_column - left_, style, piece.text());
        piece.clear();
    };
    for (std::size_t column = 0; column < right; ++column) {
        bool under_cursor = has_cursor && column == cursor;
        if (rest.empty() && !under_cursor) break;
        MenuStyle wanted = size - rest.size() < colouring.name_end ? colouring.name : colouring.rest;
        if (under_cursor) wanted = MenuStyle::cursor;
        if (wanted != style) put_piece();
        style = wanted;
        std::string_view shown = rest.empty() ? " " : take_printable(rest);
        if (column < left_) continue;
        if (piece.text().empty()) piece_column = column;
        piece.write(column + 1 == right && !rest.empty() && !under_cursor ? ellipsis : shown);
    }
    put_piece();
}

/// Scrolls as far as the cursor needs; true where that is anything.
bool EditorView::follow(const TextEditor& text, const MenuScreen& screen) {
    auto scroll = [](std::size_t& first, std::size_t cursor, std::size_t room, std::size_t step) {
        std::size_t before = first;
        if (cursor < first) first = cursor - std::min(cursor, step);
        if (cursor >= first + room) first = cursor - room + 1 + std::min(step, room - 1);
        return first != before;
    };
    bool down = scroll(top_, text.cursor_line(), height_of(screen), 0);
    bool across = scroll(left_, text.cursor_column(), width_of(screen), 16);
    return down || across;
}

}  // namespace lintel::loader
