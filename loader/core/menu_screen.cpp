// The menu's layout on lines.
// Invariant: draw_menu() puts every line of the screen, so nothing of an earlier picture stays.
#include "loader/core/menu_screen.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace lintel::loader {
namespace {

// Above the entries: title, and a line that tells of more. Below: such a line, comment, help, countdown.
constexpr std::size_t lines_above = 2;
constexpr std::size_t lines_below = 4;
constexpr std::size_t deepest_indent = 8;

/// One line being written: made printable and cut at the screen's width.
class Line {
public:
    explicit Line(std::size_t columns) : columns_(columns) {}

    void write(std::string_view text) {
        while (!text.empty() && used_ < columns_) {
            std::string_view rest = text;
            char32_t character = take_code_point(rest);
            // Controls of ECMA-48, C0 and C1: a title must not command a terminal.
            bool control = character < 0x20 || (character >= 0x7f && character < 0xa0);
            bool printable = !control && character != replacement_character;
            buffer_.write(printable ? text.substr(0, text.size() - rest.size()) : "?");
            text = rest;
            ++used_;
        }
    }
    [[nodiscard]] std::string_view text() const { return buffer_.text(); }

private:
    TextBuffer<1024> buffer_{};
    std::size_t columns_;
    std::size_t used_ = 0;
};

template <class... Args>
void put(MenuScreen& screen, std::size_t line, MenuStyle style, FormatString<std::type_identity_t<Args>...> format,
         const Args&... args) {
    if (line >= screen.lines()) return;
    Line text(screen.columns());
    print(text, format, args...);
    screen.put(line, style, text.text());
}

void put_row(MenuScreen& screen, std::size_t line, const Entry& entry, bool selected) {
    constexpr std::string_view spaces = "                ";
    std::string_view indent = spaces.substr(0, 2 * std::min<std::size_t>(entry.depth, deepest_indent));
    std::string_view mark = !entry.directory ? "  " : entry.expanded ? "- " : "+ ";
    put(screen, line, selected ? MenuStyle::selected : MenuStyle::entry, " {} {}{}{}", selected ? '>' : ' ', indent,
        mark, entry.title);
}

void put_more(MenuScreen& screen, std::size_t line, std::size_t count, std::string_view where) {
    if (count > 0)
        put(screen, line, MenuStyle::help, "   ... {} more {}", count, where);
    else
        put(screen, line, MenuStyle::help, "");
}

std::string_view help_for(const Menu& menu) {
    if (menu.countdown()) return "Up/Down select   Enter boot   Escape stop the countdown";
    if (!menu.selected().directory) return "Up/Down select   Enter boot";
    return menu.selected().expanded ? "Up/Down select   Enter close" : "Up/Down select   Enter open";
}

}  // namespace

void draw_menu(const Menu& menu, MenuScreen& screen) {
    std::size_t lines = screen.lines();
    std::size_t height = lines > lines_above + lines_below ? lines - lines_above - lines_below : 1;
    std::size_t rows = menu.row_count();
    std::size_t selected = menu.selected_row();
    // The selected row stays in the middle where there are rows enough around it.
    std::size_t first = rows <= height ? 0 : std::min(selected - std::min(selected, height / 2), rows - height);
    std::size_t shown = std::min(rows, height);

    screen.clear();
    put(screen, 0, MenuStyle::title, " {}", menu.branding());
    put_more(screen, 1, first, "above");
    for (std::size_t i = 0; i < height; ++i) {
        if (i < shown)
            put_row(screen, lines_above + i, menu.row(first + i), first + i == selected);
        else
            put(screen, lines_above + i, MenuStyle::entry, "");
    }
    put_more(screen, lines_above + height, rows - first - shown, "below");
    put(screen, lines_above + height + 1, MenuStyle::comment, " {}", menu.selected().option("comment").value_or(""));
    put(screen, lines_above + height + 2, MenuStyle::help, " {}", help_for(menu));
    if (lines > lines_above + lines_below) draw_countdown(menu, screen);
}

void draw_countdown(const Menu& menu, MenuScreen& screen) {
    std::size_t line = screen.lines() - 1;
    if (auto seconds = menu.countdown())
        put(screen, line, MenuStyle::countdown, " Booting by itself in {} s", *seconds);
    else
        put(screen, line, MenuStyle::countdown, "");
}

void draw_change(const Menu& menu, MenuChange change, MenuScreen& screen) {
    if (!menu.shows()) return;
    if (change == MenuChange::all) draw_menu(menu, screen);
    if (change == MenuChange::countdown) draw_countdown(menu, screen);
}

}  // namespace lintel::loader
