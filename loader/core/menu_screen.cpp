// The menu's layout on lines.
// Invariant: draw_menu() puts every line of the screen, so nothing of an earlier picture stays.
#include "loader/core/menu_screen.hpp"

#include <algorithm>

namespace lintel::loader {
namespace {

// Above the entries: title, and a line that tells of more. Below: such a line, comment, help, countdown.
constexpr std::size_t lines_above = 2;
constexpr std::size_t lines_below = 4;
constexpr std::size_t deepest_indent = 8;

void put_row(MenuScreen& screen, std::size_t line, const Entry& entry, bool selected) {
    constexpr std::string_view spaces = "                ";
    std::string_view indent = spaces.substr(0, 2 * std::min<std::size_t>(entry.depth, deepest_indent));
    std::string_view mark = !entry.directory ? "  " : entry.expanded ? "- " : "+ ";
    put_line(screen, line, selected ? MenuStyle::selected : MenuStyle::entry, " {} {}{}{}", selected ? '>' : ' ',
             indent, mark, entry.title);
}

void put_more(MenuScreen& screen, std::size_t line, std::size_t count, std::string_view where) {
    if (count > 0)
        put_line(screen, line, MenuStyle::help, "   ... {} more {}", count, where);
    else
        put_line(screen, line, MenuStyle::help, "");
}

void put_help(MenuScreen& screen, std::size_t line, const Menu& menu) {
    if (menu.appearance().help_hidden) return put_line(screen, line, MenuStyle::help, "");
    const Entry& entry = menu.selected();
    put_line(screen, line, MenuStyle::help, " Up/Down select   Enter {}{}{}",
             !entry.directory ? "boot"
             : entry.expanded ? "close"
                              : "open",
             menu.edits() ? "   E edit" : "", menu.countdown() ? "   Escape stop the countdown" : "");
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
    put_line(screen, 0, MenuStyle::title, " {}", menu.appearance().branding);
    put_more(screen, 1, first, "above");
    for (std::size_t i = 0; i < height; ++i) {
        if (i < shown)
            put_row(screen, lines_above + i, menu.row(first + i), first + i == selected);
        else
            put_line(screen, lines_above + i, MenuStyle::entry, "");
    }
    put_more(screen, lines_above + height, rows - first - shown, "below");
    put_line(screen, lines_above + height + 1, MenuStyle::comment, " {}",
             menu.selected().option("comment").value_or(""));
    put_help(screen, lines_above + height + 2, menu);
    if (lines > lines_above + lines_below) draw_countdown(menu, screen);
}

void draw_countdown(const Menu& menu, MenuScreen& screen) {
    std::size_t line = screen.lines() - 1;
    if (auto seconds = menu.countdown())
        put_line(screen, line, MenuStyle::countdown, " Booting by itself in {} s", *seconds);
    else
        put_line(screen, line, MenuStyle::countdown, "");
}

void draw_change(const Menu& menu, MenuChange change, MenuScreen& screen) {
    if (!menu.shows()) return;
    if (change == MenuChange::all) draw_menu(menu, screen);
    if (change == MenuChange::countdown) draw_countdown(menu, screen);
}

}  // namespace lintel::loader
