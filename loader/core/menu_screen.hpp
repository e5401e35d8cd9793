// How the boot menu looks: lines of text on a grid of characters, with a style for each line. A serial terminal and a
// framebuffer both are such a grid.
// Invariant: what reaches a screen has no control characters and fits the line, whatever a configuration calls its
// entries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/printable.hpp"
#include "base/text.hpp"
#include "loader/core/menu.hpp"

namespace lintel::loader {

enum class MenuStyle : std::uint8_t { title, entry, selected, comment, help, countdown, name, wrong, cursor };

inline constexpr std::size_t menu_style_count = 9;

class MenuScreen {
public:
    [[nodiscard]] virtual std::size_t columns() const = 0;
    [[nodiscard]] virtual std::size_t lines() const = 0;
    /// Called before every line is put.
    virtual void clear() = 0;
    /// Replaces the line, which is less than lines(), with `text`, which has columns() characters of UTF-8 at most.
    virtual void put(std::size_t line, MenuStyle style, std::string_view text) = 0;
    /// Replaces what the line has from `column` on by `text`, which ends within the line; the rest stays.
    virtual void put_at(std::size_t line, std::size_t column, MenuStyle style, std::string_view text) = 0;

protected:
    ~MenuScreen() = default;
};

/// Puts a line, made printable and cut at the screen's width; nothing where the screen has fewer lines.
template <class... Args>
void put_line(MenuScreen& screen, std::size_t line, MenuStyle style, FormatString<std::type_identity_t<Args>...> format,
              const Args&... args) {
    if (line >= screen.lines()) return;
    TextBuffer<1024> whole, shown;
    print(whole, format, args...);
    write_printable(shown, whole.text(), screen.columns());
    screen.put(line, style, shown.text());
}

/// Draws everything anew.
void draw_menu(const Menu& menu, MenuScreen& screen);

/// Draws only the line with the seconds that are left.
void draw_countdown(const Menu& menu, MenuScreen& screen);

/// What `change` asks for; nothing while the menu is to be quiet.
void draw_change(const Menu& menu, MenuChange change, MenuScreen& screen);

/// A terminal that understands ECMA-48, of 80 columns and 24 lines unless it is told otherwise.
template <TextSink Sink>
class TerminalScreen final : public MenuScreen {
public:
    explicit TerminalScreen(Sink& sink, std::size_t columns = 80, std::size_t lines = 24)
        : sink_(&sink), columns_(columns), lines_(lines) {}

    [[nodiscard]] std::size_t columns() const override { return columns_; }
    [[nodiscard]] std::size_t lines() const override { return lines_; }
    // Attributes off, cursor hidden, all erased.
    void clear() override { sink_->write("\x1b[0m\x1b[?25l\x1b[2J"); }
    void put(std::size_t line, MenuStyle style, std::string_view text) override {
        print(*sink_, "\x1b[{};1H{}{}\x1b[0m\x1b[K", line + 1, attributes(style), text);
    }
    void put_at(std::size_t line, std::size_t column, MenuStyle style, std::string_view text) override {
        print(*sink_, "\x1b[{};{}H{}{}\x1b[0m", line + 1, column + 1, attributes(style), text);
    }
    /// Gives the terminal back to who writes lines: cursor shown, below the menu.
    void leave() { print(*sink_, "\x1b[{};1H\x1b[?25h\r\n", lines_); }

private:
    static std::string_view attributes(MenuStyle style) {
        switch (style) {
            case MenuStyle::title:
                return "\x1b[1m";
            case MenuStyle::selected:
            case MenuStyle::cursor:
                return "\x1b[7m";
            case MenuStyle::comment:
            case MenuStyle::name:
                return "\x1b[36m";
            case MenuStyle::wrong:
                return "\x1b[31m";
            case MenuStyle::help:
                return "\x1b[32m";
            case MenuStyle::entry:
            case MenuStyle::countdown:
                return "";
        }
        return "";
    }

    Sink* sink_;
    std::size_t columns_;
    std::size_t lines_;
};

}  // namespace lintel::loader
