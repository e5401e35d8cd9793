// The boot menu: how keys and time move it, what its screens show, and how a terminal's bytes become keys.
#include "loader/core/menu.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/fonts.hpp"
#include "loader/core/menu_canvas.hpp"
#include "loader/core/menu_screen.hpp"

namespace lintel::loader {
namespace {

/// A menu together with the configuration behind it.
class Fixture {
public:
    explicit Fixture(std::string text) : text_(std::move(text)) {
        auto parsed = parse_configuration(text_, {}, storage_->room());
        if (parsed) configuration_ = *parsed;
        EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().text);
        menu_.emplace(configuration_);
    }
    Menu* operator->() { return &*menu_; }
    Menu& operator*() { return *menu_; }

    /// The visible titles, the selected one in brackets.
    std::string shown() {
        std::string text;
        for (std::size_t i = 0; i < menu_->row_count(); ++i) {
            if (i > 0) text += ' ';
            std::string title(menu_->row(i).title);
            text += i == menu_->selected_row() ? "[" + title + "]" : title;
        }
        return text;
    }
    MenuChange press(std::initializer_list<Key> keys) {
        MenuChange last = MenuChange::none;
        for (Key key : keys) last = menu_->press(key);
        return last;
    }

private:
    std::string text_;
    std::unique_ptr<ConfigurationStorage> storage_ = std::make_unique<ConfigurationStorage>();
    Configuration configuration_;
    std::optional<Menu> menu_;
};

const std::string flat = "/a\n/b\n/c\n";
const std::string tree = "/a\n/+D\n//b\n//E\n///c\n/F\n//d\n/e\n";

TEST(Menu, directories_show_what_is_in_them_only_while_they_are_open) {
    Fixture menu("default_entry: 2\n" + tree);
    EXPECT_EQ(menu.shown(), "a [D] b E F e");
    EXPECT_EQ(menu.press({Key::enter}), MenuChange::all);
    EXPECT_EQ(menu.shown(), "a [D] F e");
    menu.press({Key::enter, Key::down, Key::down, Key::right});
    EXPECT_EQ(menu.shown(), "a D b [E] c F e");
}

TEST(Menu, up_and_down_go_round) {
    Fixture menu(flat);
    EXPECT_EQ(menu.press({Key::down}), MenuChange::all);
    EXPECT_EQ(menu.shown(), "a [b] c");
    menu.press({Key::down, Key::down});
    EXPECT_EQ(menu.shown(), "[a] b c");
    menu.press({Key::up});
    EXPECT_EQ(menu.shown(), "a b [c]");
}

TEST(Menu, home_and_end_go_to_the_ends) {
    Fixture menu(tree);
    menu.press({Key::end});
    EXPECT_EQ(menu.shown(), "a D b E F [e]");
    EXPECT_EQ(menu.press({Key::end}), MenuChange::none);
    menu.press({Key::home});
    EXPECT_EQ(menu.shown(), "[a] D b E F e");
}

TEST(Menu, right_opens_and_left_closes_or_goes_to_the_directory) {
    Fixture menu("default_entry: D/E/c\n" + tree);
    EXPECT_EQ(menu.shown(), "a D b E [c] F e");
    menu.press({Key::left});
    EXPECT_EQ(menu.shown(), "a D b [E] c F e");
    menu.press({Key::left});
    EXPECT_EQ(menu.shown(), "a D b [E] F e");
    EXPECT_EQ(menu.press({Key::right, Key::right}), MenuChange::none);
    EXPECT_EQ(menu.shown(), "a D b [E] c F e");
    menu.press({Key::home});
    EXPECT_EQ(menu.press({Key::left}), MenuChange::none);
    EXPECT_EQ(menu.press({Key::right}), MenuChange::none);
    EXPECT_EQ(menu.shown(), "[a] D b E c F e");
}

TEST(Menu, enter_boots_the_selected_entry) {
    Fixture menu(flat);
    menu.press({Key::down});
    EXPECT_EQ(menu.press({Key::enter}), MenuChange::boot);
    EXPECT_EQ(menu->selected().title, "b");
}

TEST(Menu, e_edits_an_entry_where_that_is_allowed) {
    Fixture menu("default_entry: 1\n/a\n/D\n//b\n");
    EXPECT_EQ(menu->press(KeyPress::of_byte('e')), MenuChange::edit);
    EXPECT_EQ(menu->press(KeyPress::of_byte('E')), MenuChange::edit);
    menu.press({Key::down});
    EXPECT_EQ(menu->press(KeyPress::of_byte('e')), MenuChange::none) << "a directory";
    Fixture forbidden("editor_enabled: no\ntimeout: no\n/a\n");
    EXPECT_EQ(forbidden->press(KeyPress::of_byte('e')), MenuChange::none);
}

TEST(Menu, pages_go_ten_rows_and_stop_at_the_ends) {
    std::string text;
    for (int i = 0; i < 25; ++i) text += "/" + std::to_string(i) + "\n";
    Fixture menu(text);
    auto row_after = [&](Key key) {
        menu->press(key);
        return menu->selected_row();
    };
    EXPECT_EQ(row_after(Key::page_down), 10U);
    EXPECT_EQ(row_after(Key::page_down), 20U);
    EXPECT_EQ(row_after(Key::page_down), 24U);
    EXPECT_EQ(row_after(Key::page_up), 14U);
    EXPECT_EQ(row_after(Key::page_up), 4U);
    EXPECT_EQ(row_after(Key::page_up), 0U);
}

TEST(Menu, the_default_entry_is_a_row_counted_from_one) {
    EXPECT_EQ(Fixture("default_entry: 2\n" + flat).shown(), "a [b] c");
    EXPECT_EQ(Fixture("default_entry: 3\n" + tree).shown(), "a D [b] E F e");
    for (const char* wrong : {"0", "4", "99999999999", ""})
        EXPECT_EQ(Fixture(std::string("default_entry: ") + wrong + "\n" + flat).shown(), "[a] b c") << wrong;
}

TEST(Menu, a_default_entry_in_a_closed_directory_opens_it) {
    EXPECT_EQ(Fixture("default_entry: F/d\n" + tree).shown(), "a D b E F [d] e");
    EXPECT_EQ(Fixture("default_entry: F/none\n" + tree).shown(), "[a] D b E F e");
}

TEST(Menu, hidden_entries_are_neither_shown_nor_counted) {
    Fixture menu("default_entry: 2\n/x\nif_fw_type: BIOS\n/a\n/y\nif_fw_type: BIOS\n/b\n/z\nif_fw_type: BIOS\n");
    EXPECT_EQ(menu.shown(), "a [b]");
    menu.press({Key::down});
    EXPECT_EQ(menu.shown(), "[a] b");
}

TEST(Menu, the_countdown_boots_when_it_is_over) {
    Fixture menu("timeout: 2\n" + flat);
    EXPECT_FALSE(menu->boots_at_once());
    EXPECT_EQ(menu->countdown(), 2U);
    EXPECT_EQ(menu->tick(0), MenuChange::none);
    EXPECT_EQ(menu->tick(999), MenuChange::none);
    EXPECT_EQ(menu->tick(1), MenuChange::countdown);
    EXPECT_EQ(menu->countdown(), 1U);
    EXPECT_EQ(menu->tick(1000), MenuChange::boot);
    EXPECT_EQ(menu->selected().title, "a");
}

TEST(Menu, a_long_wait_between_ticks_boots_too) {
    EXPECT_EQ(Fixture("timeout: 9999\n" + flat)->tick(~0U), MenuChange::boot);
    EXPECT_EQ(Fixture("timeout: 0.25\n" + flat)->tick(250), MenuChange::boot);
}

TEST(Menu, any_key_ends_the_countdown) {
    for (Key key : {Key::up, Key::down, Key::left, Key::right, Key::home, Key::end, Key::escape, Key::other}) {
        Fixture menu("timeout: 2\n" + flat);
        EXPECT_EQ(menu.press({key}), MenuChange::all);
        EXPECT_EQ(menu->countdown(), std::nullopt);
        EXPECT_EQ(menu->tick(100000), MenuChange::none);
    }
}

TEST(Menu, escape_does_nothing_but_end_the_countdown) {
    Fixture menu("timeout: 2\ndefault_entry: 2\n" + flat);
    EXPECT_EQ(menu.press({Key::escape}), MenuChange::all);
    EXPECT_EQ(menu.shown(), "a [b] c");
    EXPECT_EQ(menu.press({Key::escape}), MenuChange::none);
}

TEST(Menu, a_timeout_of_zero_boots_at_once) { EXPECT_TRUE(Fixture("timeout: 0\n" + flat)->boots_at_once()); }

TEST(Menu, a_timeout_of_no_waits_for_a_person) {
    Fixture menu("timeout: no\n" + flat);
    EXPECT_FALSE(menu->boots_at_once());
    EXPECT_EQ(menu->countdown(), std::nullopt);
    EXPECT_EQ(menu->tick(~0U), MenuChange::none);
}

TEST(Menu, a_directory_never_boots_by_itself) {
    Fixture menu("timeout: 0\ndefault_entry: 2\n" + tree);
    EXPECT_FALSE(menu->boots_at_once());
    EXPECT_EQ(menu->tick(~0U), MenuChange::none);
}

TEST(Menu, a_quiet_menu_shows_after_a_key) {
    Fixture menu("quiet: yes\n" + flat);
    EXPECT_FALSE(menu->shows());
    menu->tick(1000);
    EXPECT_FALSE(menu->shows());
    menu.press({Key::escape});
    EXPECT_TRUE(menu->shows());
    EXPECT_TRUE(Fixture("quiet: yes\ntimeout: no\n" + flat)->shows());
}

TEST(Menu, whatever_is_pressed_a_visible_row_is_selected) {
    std::mt19937 random(1);
    Fixture menu(
        "/h\nif_fw_type: BIOS\n/+A\n//+B\n///+C\n////x\n////h\nif_fw_type: BIOS\n///y\n//z\n/D\n//h\nif_fw_type: "
        "BIOS\n");
    for (int i = 0; i < 5000; ++i) {
        menu->press(static_cast<Key>(random() % (static_cast<unsigned>(Key::other) + 1)));
        ASSERT_LT(menu->selected_row(), menu->row_count());
        ASSERT_EQ(&menu->row(menu->selected_row()), &menu->selected());
        ASSERT_FALSE(menu->selected().hidden);
    }
}

struct StringSink {
    void write(std::string_view part) { text += part; }
    std::string text;
};

/// A screen that keeps what is put on it.
class Grid final : public MenuScreen {
public:
    Grid(std::size_t columns, std::size_t lines) : text(lines), style(lines), columns_(columns) {}
    [[nodiscard]] std::size_t columns() const override { return columns_; }
    [[nodiscard]] std::size_t lines() const override { return text.size(); }
    void clear() override { ++cleared; }
    void put(std::size_t line, MenuStyle line_style, std::string_view line_text) override {
        ASSERT_LT(line, text.size());
        text[line] = line_text;
        style[line] = line_style;
        ++puts;
    }
    void put_at(std::size_t line, std::size_t column, MenuStyle, std::string_view piece) override {
        ASSERT_LT(line, text.size());
        std::string& whole = text[line];
        whole.resize(std::max(whole.size(), column + piece.size()), ' ');
        whole.replace(column, piece.size(), piece);
    }
    [[nodiscard]] std::string selected() const {
        for (std::size_t i = 0; i < text.size(); ++i)
            if (style[i] == MenuStyle::selected) return text[i];
        return "none";
    }

    std::vector<std::string> text;
    std::vector<MenuStyle> style;
    int cleared = 0;
    int puts = 0;

private:
    std::size_t columns_;
};

TEST(MenuScreen, branding_entries_comment_help_and_countdown_have_their_lines) {
    Fixture menu("interface_branding: Mine\ntimeout: 7\n/One\ncomment: the first\n/+Two\n//Three\n/Four\n//Five\n");
    Grid grid(80, 12);
    draw_menu(*menu, grid);
    const std::vector<std::string> expected{" Mine",
                                            "",
                                            " >   One",
                                            "   - Two",
                                            "       Three",
                                            "   + Four",
                                            "",
                                            "",
                                            "",
                                            " the first",
                                            " Up/Down select   Enter boot   E edit   Escape stop the countdown",
                                            " Booting by itself in 7 s"};
    EXPECT_EQ(grid.text, expected);
    EXPECT_EQ(grid.style[0], MenuStyle::title);
    EXPECT_EQ(grid.selected(), " >   One");
    EXPECT_EQ(grid.cleared, 1);
}

TEST(MenuScreen, a_tick_draws_one_line) {
    Fixture menu("timeout: 7\n" + flat);
    Grid grid(80, 24);
    draw_change(*menu, menu->tick(10), grid);
    EXPECT_EQ(grid.puts, 0);
    draw_change(*menu, menu->tick(1000), grid);
    EXPECT_EQ(grid.puts, 1);
    EXPECT_EQ(grid.text[23], " Booting by itself in 6 s");
}

TEST(MenuScreen, a_stopped_countdown_is_gone) {
    Fixture menu(flat);
    Grid grid(80, 24);
    draw_menu(*menu, grid);
    draw_change(*menu, menu->press(Key::escape), grid);
    EXPECT_EQ(grid.text[23], "");
    EXPECT_EQ(grid.text[22], " Up/Down select   Enter boot   E edit");
}

TEST(MenuScreen, a_quiet_menu_draws_nothing) {
    Fixture menu("quiet: yes\n" + flat);
    Grid grid(80, 24);
    draw_change(*menu, MenuChange::all, grid);
    draw_change(*menu, menu->tick(1000), grid);
    EXPECT_EQ(grid.puts, 0);
}

TEST(MenuScreen, more_entries_than_lines_scroll_with_the_selection) {
    std::string text;
    for (int i = 0; i < 50; ++i) text += "/entry " + std::to_string(i) + "\n";
    Fixture menu(text);
    Grid grid(80, 16);
    for (int i = 0; i < 50; ++i) {
        draw_menu(*menu, grid);
        EXPECT_EQ(grid.selected(), " >   entry " + std::to_string(i));
        menu->press(Key::down);
    }
    menu->press(Key::end);
    draw_menu(*menu, grid);
    EXPECT_EQ(grid.text[1], "   ... 40 more above");
    EXPECT_EQ(grid.text[2], "     entry 40");
    EXPECT_EQ(grid.text[11], " >   entry 49");
    EXPECT_EQ(grid.text[12], "");
    menu->press(Key::home);
    draw_menu(*menu, grid);
    EXPECT_EQ(grid.text[1], "");
    EXPECT_EQ(grid.text[12], "   ... 40 more below");
}

TEST(MenuScreen, lines_are_cut_at_the_screens_width_between_characters) {
    Fixture menu("/aä€𝄞bcdef\n");
    Grid grid(8, 24);
    draw_menu(*menu, grid);
    EXPECT_EQ(grid.selected(), " >   aä…");
}

TEST(MenuScreen, what_could_command_a_terminal_becomes_question_marks) {
    Fixture menu(
        "/a\x1b[2J\x07\x7f\xc2\x9b\xff"
        "b\n");
    Grid grid(80, 24);
    draw_menu(*menu, grid);
    EXPECT_EQ(grid.selected(), " >   a?[2J????b");
}

TEST(MenuScreen, any_size_of_screen_is_drawn_within_its_bounds) {
    Fixture menu("/a\n/+b\ncomment: c\n//d\n//e\n");
    for (std::size_t lines = 1; lines < 12; ++lines)
        for (std::size_t columns : {0U, 1U, 5U, 2000U}) {
            Grid grid(columns, lines);
            draw_menu(*menu, grid);
            for (const auto& line : grid.text) {
                StringSink shown;
                EXPECT_LE(write_printable(shown, line, columns + 1), columns);
            }
        }
}

TEST(TerminalScreen, each_line_is_placed_and_erased_behind) {
    StringSink sink;
    TerminalScreen screen(sink);
    EXPECT_EQ(screen.columns(), 80U);
    EXPECT_EQ(screen.lines(), 24U);
    screen.put(4, MenuStyle::selected, "here");
    EXPECT_EQ(sink.text, "\x1b[5;1H\x1b[7mhere\x1b[0m\x1b[K");
}

TEST(TerminalScreen, the_cursor_is_hidden_and_given_back) {
    StringSink sink;
    TerminalScreen screen(sink);
    screen.clear();
    EXPECT_EQ(sink.text, "\x1b[0m\x1b[?25l\x1b[2J");
    sink.text.clear();
    screen.leave();
    EXPECT_EQ(sink.text, "\x1b[24;1H\x1b[?25h\r\n");
}

/// A framebuffer of 32-bit pixels with a guard behind it.
class Framebuffer {
public:
    Framebuffer(std::uint64_t width, std::uint64_t height) : width_(width), pixels_(width * height, 0xdeadbeef) {
        canvas_ = Canvas::create(pixels_.data(), {width, height, width * 4, 32, {8, 16}, {8, 8}, {8, 0}}).value();
    }
    Canvas& canvas() { return *canvas_; }
    [[nodiscard]] std::uint32_t at(std::int64_t x, std::int64_t y) const {
        return pixels_.at(static_cast<std::size_t>(y) * width_ + static_cast<std::size_t>(x));
    }
    [[nodiscard]] bool untouched_anywhere() const { return std::ranges::find(pixels_, 0xdeadbeef) != pixels_.end(); }

private:
    std::uint64_t width_;
    std::vector<std::uint32_t> pixels_;
    std::optional<Canvas> canvas_;
};

TEST(CanvasScreen, the_smallest_screen_has_room_for_a_menu_and_large_ones_have_larger_characters) {
    Font font = Font::parse(fonts::text()).value();
    struct Size {
        std::uint64_t width, height, columns, lines;
    };
    for (Size size : {Size{640, 480, 80, 24},
                      {1024, 768, 128, 38},
                      {1280, 800, 160, 40},
                      {1920, 1080, 120, 27},
                      {3840, 2160, 120, 27}}) {
        Framebuffer framebuffer(size.width, size.height);
        CanvasScreen screen(framebuffer.canvas(), font, {});
        EXPECT_EQ(screen.columns(), size.columns);
        EXPECT_EQ(screen.lines(), size.lines);
    }
}

TEST(CanvasScreen, colours_margin_and_scale_are_those_of_the_configuration) {
    Font font = Font::parse(fonts::text()).value();
    Framebuffer framebuffer(640, 480);
    Appearance wish{.background = Colour{1, 2, 3},
                    .background_bright = Colour{7, 8, 9},
                    .foreground_bright = Colour{4, 5, 6},
                    .font_scale = GlyphScale{2, 1},
                    .margin = 20};
    CanvasScreen screen(framebuffer.canvas(), font, wish);
    EXPECT_EQ(screen.columns(), 37U);
    EXPECT_EQ(screen.lines(), 22U);
    Fixture menu(flat);
    draw_menu(*menu, screen);
    EXPECT_FALSE(framebuffer.untouched_anywhere());
    EXPECT_EQ(framebuffer.at(19, 19), 0x010203U);
    EXPECT_EQ(framebuffer.at(619, 20), 0x070809U) << "the bar of the branding";
    EXPECT_EQ(framebuffer.at(620, 20), 0x010203U);
    EXPECT_EQ(framebuffer.at(619, 20 + 2 * 20 + 10), 0x040506U) << "the bar of the selected entry";
}

TEST(CanvasScreen, a_margin_leaves_half_of_the_screen) {
    Font font = Font::parse(fonts::text()).value();
    Framebuffer framebuffer(640, 480);
    CanvasScreen screen(framebuffer.canvas(), font, {.margin = 10000});
    EXPECT_EQ(screen.columns(), 50U);
    EXPECT_EQ(screen.lines(), 12U);
}

TEST(CanvasScreen, the_menu_covers_the_screen_and_the_selected_row_has_a_bar) {
    Font font = Font::parse(fonts::text()).value();
    Framebuffer framebuffer(640, 490);
    CanvasScreen screen(framebuffer.canvas(), font, {});
    Fixture menu(flat);
    draw_menu(*menu, screen);
    EXPECT_FALSE(framebuffer.untouched_anywhere());
    std::uint32_t bar = framebuffer.at(639, 2 * 20 + 10);
    std::uint32_t plain = framebuffer.at(639, 3 * 20 + 10);
    EXPECT_NE(bar, plain);
    draw_change(*menu, menu->press(Key::down), screen);
    EXPECT_EQ(framebuffer.at(639, 2 * 20 + 10), plain);
    EXPECT_EQ(framebuffer.at(639, 3 * 20 + 10), bar);
}

std::vector<KeyPress> decoded(std::string_view bytes) {
    KeyDecoder decoder;
    std::vector<KeyPress> keys;
    for (char c : bytes)
        if (auto key = decoder.feed(c)) keys.push_back(*key);
    if (auto key = decoder.idle()) keys.push_back(*key);
    return keys;
}

using Keys = std::vector<KeyPress>;

TEST(KeyDecoder, cursor_keys_in_both_modes) {
    EXPECT_EQ(decoded("\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F"),
              (Keys{Key::up, Key::down, Key::right, Key::left, Key::home, Key::end}));
    EXPECT_EQ(decoded("\x1bOA\x1bOB\x1bOM"), (Keys{Key::up, Key::down, Key::enter}));
}

TEST(KeyDecoder, home_and_end_as_numbers) {
    EXPECT_EQ(decoded("\x1b[1~\x1b[7~\x1b[4~\x1b[8~\x1b[15~"),
              (Keys{Key::home, Key::home, Key::end, Key::end, Key::other}));
}

TEST(KeyDecoder, a_line_end_of_any_kind_is_one_enter) {
    EXPECT_EQ(decoded("\r"), (Keys{Key::enter}));
    EXPECT_EQ(decoded("\n"), (Keys{Key::enter}));
    EXPECT_EQ(decoded("\r\n"), (Keys{Key::enter}));
    EXPECT_EQ(decoded("\r\r\n\n"), (Keys{Key::enter, Key::enter, Key::enter}));
}

TEST(KeyDecoder, an_escape_that_nothing_follows_is_the_escape_key) {
    KeyDecoder decoder;
    EXPECT_EQ(decoder.feed('\x1b'), std::nullopt);
    EXPECT_EQ(decoder.idle(), Key::escape);
    EXPECT_EQ(decoder.idle(), std::nullopt);
    EXPECT_EQ(decoded("\x1b\x1b"), (Keys{Key::escape, Key::escape}));
    EXPECT_EQ(decoded("\x1b\x1b[A"), (Keys{Key::escape, Key::up}));
}

TEST(KeyDecoder, other_keys_are_just_that) {
    EXPECT_EQ(decoded("\x01\xc3"), (Keys{KeyPress::of_byte('\x01'), KeyPress::of_byte('\xc3')}));
    EXPECT_EQ(decoded("\x01").front().key, Key::other);
    EXPECT_EQ(decoded("\x01").front().character, '\x01');
    EXPECT_EQ(decoded("\x1bx"), (Keys{Key::other}));
    EXPECT_EQ(decoded("\x1b[1;5A"), (Keys{Key::up}));
    EXPECT_EQ(decoded("\x1b[Z\x1b[A"), (Keys{Key::other, Key::up}));
}

TEST(KeyDecoder, an_unfinished_sequence_does_not_swallow_the_next_key) {
    EXPECT_EQ(decoded("\x1b[\x1b[A"), (Keys{Key::other, Key::up}));
    EXPECT_EQ(decoded("\x1b[1"), (Keys{Key::other}));
}

TEST(KeyDecoder, zero_bytes_are_noise) { EXPECT_EQ(decoded(std::string_view("\0\0\t", 3)), (Keys{Key::tab})); }

TEST(KeyDecoder, characters_and_editing_keys) {
    auto keys = decoded("aZ ~\t\b\x7f\x18\x1b[3~\x1b[5~\x1b[6~\x1b[21~");
    const Keys after_text{Key::tab,   Key::backspace, Key::backspace, Key::boot,
                          Key::erase, Key::page_up,   Key::page_down, Key::boot};
    ASSERT_EQ(keys.size(), 4 + after_text.size());
    std::string text;
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(keys[i].key, Key::text);
        text += keys[i].character;
    }
    EXPECT_EQ(text, "aZ ~");
    EXPECT_TRUE(std::ranges::equal(std::span(keys).subspan(4), after_text));
}

TEST(KeyDecoder, after_any_bytes_and_a_pause_an_arrow_is_an_arrow) {
    std::mt19937 random(1);
    KeyDecoder decoder;
    for (int round = 0; round < 10000; ++round) {
        for (unsigned i = random() % 8; i > 0; --i)
            static_cast<void>(decoder.feed(random() % 3 == 0 ? "\x1b[O~"[random() % 4] : static_cast<char>(random())));
        static_cast<void>(decoder.idle());
        EXPECT_EQ(decoder.feed('\x1b'), std::nullopt);
        EXPECT_EQ(decoder.feed('['), std::nullopt);
        EXPECT_EQ(decoder.feed('B'), Key::down);
    }
}

}  // namespace
}  // namespace lintel::loader
