// Text on screens: what a terminal's text makes of a grid, and what a painter makes of a framebuffer.
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/fonts.hpp"
#include "kernel/console/painter.hpp"
#include "kernel/console/terminal_text.hpp"

namespace lintel {
namespace {

constexpr CellColours usual{TextColours::usual_foreground, TextColours::usual_background};

class Terminal : public testing::Test {
protected:
    explicit Terminal(unsigned columns = 10, unsigned rows = 4)
        : cells(std::size_t{columns} * rows), grid(cells, columns, rows, usual), text(grid) {}

    /// A row's characters without the blanks at its end.
    [[nodiscard]] std::u16string row(unsigned number) const {
        std::u16string characters;
        for (const Cell& cell : grid.row(number)) characters += cell.character;
        return characters.erase(characters.find_last_not_of(u' ') + 1);
    }
    [[nodiscard]] std::vector<std::u16string> rows() const {
        std::vector<std::u16string> all;
        for (unsigned number = 0; number < grid.rows(); ++number) all.push_back(row(number));
        return all;
    }
    [[nodiscard]] CellColours colours_after(std::string_view sequence) {
        text.write("\x1b[H\x1b[0m");
        text.write(sequence);
        text.write("x");
        const Cell cell = grid.row(0)[0];
        return {cell.foreground, cell.background};
    }
    using Rows = std::vector<std::u16string>;

    std::vector<Cell> cells;
    Grid grid;
    TerminalText text;
};

TEST_F(Terminal, lines_go_one_below_the_other) {
    text.write("one\ntwo\n");
    EXPECT_EQ(rows(), (Rows{u"one", u"two", u"", u""}));
    EXPECT_EQ(grid.cursor(), (GridPlace{2, 0}));
}

TEST_F(Terminal, at_the_bottom_everything_goes_up) {
    text.write("1\n2\n3\n4\n5\n6");
    EXPECT_EQ(rows(), (Rows{u"3", u"4", u"5", u"6"}));
}

TEST_F(Terminal, the_row_that_comes_up_from_below_is_empty) {
    text.write("a long one\n2\n3\n4\n5");
    EXPECT_EQ(rows(), (Rows{u"2", u"3", u"4", u"5"}));
}

TEST_F(Terminal, a_line_that_is_too_long_goes_on_in_the_next_row) {
    text.write("0123456789abc");
    EXPECT_EQ(rows(), (Rows{u"0123456789", u"abc", u"", u""}));
}

TEST_F(Terminal, a_line_as_wide_as_the_screen_takes_one_row) {
    text.write("0123456789\nnext");
    EXPECT_EQ(rows(), (Rows{u"0123456789", u"next", u"", u""}));
}

TEST_F(Terminal, carriage_return_and_backspace_move_and_erase_nothing) {
    text.write("abc\rA\b\bB");
    EXPECT_EQ(row(0), u"Bbc");
}

TEST_F(Terminal, tabs_go_to_the_next_eighth_column_and_no_further_than_the_last) {
    text.write("a\tb\t\tc");
    EXPECT_EQ(row(0), u"a       bc");
}

TEST_F(Terminal, utf8_may_be_cut_anywhere) {
    for (const char c : std::string_view("é…─\n")) text.write({&c, 1});
    EXPECT_EQ(row(0), u"é…─");
}

TEST_F(Terminal, what_is_no_utf8_shows_as_such_and_hides_nothing) {
    text.write(
        "\xff"
        "a\xc3"
        "b\xe2\x82"
        "c\x80"
        "d");
    EXPECT_EQ(row(0),
              u"\xfffd"
              u"a\xfffd"
              u"b\xfffd"
              u"c\xfffd"
              u"d");
}

TEST_F(Terminal, characters_beyond_the_first_plane_and_surrogates_are_replaced) {
    text.write("\xf0\x9f\x98\x80\xed\xa0\x80");
    EXPECT_EQ(row(0), u"\xfffd\xfffd");
}

TEST_F(Terminal, too_long_encodings_are_replaced) {
    text.write("\xe0\x80\xaf");
    EXPECT_EQ(row(0), u"\xfffd");
}

TEST_F(Terminal, the_cursor_goes_where_it_is_sent_and_never_out) {
    text.write("\x1b[2;3Hx\x1b[99;99Hy\x1b[1;1H\x1b[5A\x1b[5Dz\x1b[3B\x1b[2Cw");
    EXPECT_EQ(rows(), (Rows{u"z", u"  x", u"", u"   w     y"}));
}

TEST_F(Terminal, rows_and_columns_can_be_gone_to_one_by_one) {
    text.write("\x1b[4Ga\x1b[3db\x1b[Ec\x1b[2Fd");
    EXPECT_EQ(rows(), (Rows{u"   a", u"d", u"    b", u"c"}));
}

TEST_F(Terminal, a_place_can_be_kept_and_gone_back_to) {
    text.write(
        "ab\x1b[s\x1b[3;3Hx\x1b[uc\x1b"
        "7\x1b[4;1Hy\x1b"
        "8d");
    EXPECT_EQ(rows(), (Rows{u"abcd", u"", u"  x", u"y"}));
}

TEST_F(Terminal, lines_are_erased_from_to_and_around_the_cursor) {
    const auto erased = [&](std::string_view sequence) {
        text.write(
            "\x1b[H"
            "abcdef\x1b[3G");
        text.write(sequence);
        return row(0);
    };
    EXPECT_EQ(erased("\x1b[K"), u"ab");
    EXPECT_EQ(erased("\x1b[1K"), u"   def");
    EXPECT_EQ(erased("\x1b[2K"), u"");
    EXPECT_EQ(erased("\x1b[7K"), u"abcdef") << "no such part";
}

TEST_F(Terminal, screens_are_erased_from_to_and_around_the_cursor) {
    const auto erased = [&](std::string_view sequence) {
        text.write(
            "\x1b[H"
            "aaa\nbbb\nccc\nddd\x1b[2;2H");
        text.write(sequence);
        return rows();
    };
    EXPECT_EQ(erased("\x1b[J"), (Rows{u"aaa", u"b", u"", u""}));
    EXPECT_EQ(erased("\x1b[1J"), (Rows{u"", u"  b", u"ccc", u"ddd"}));
    EXPECT_EQ(erased("\x1b[2J"), (Rows{u"", u"", u"", u""}));
}

TEST_F(Terminal, characters_are_inserted_and_removed_within_their_row) {
    text.write("abcdefghij\r\x1b[2C\x1b[2@");
    EXPECT_EQ(row(0), u"ab  cdefgh");
    text.write("\x1b[3P");
    EXPECT_EQ(row(0), u"abdefgh");
    text.write("\x1b[99@");
    EXPECT_EQ(row(0), u"ab");
    EXPECT_EQ(row(1), u"");
}

TEST_F(Terminal, erasing_leaves_the_colour_of_the_background) {
    text.write("\x1b[41m\x1b[K");
    EXPECT_EQ(grid.row(0)[9].background, palette_colour(1));
    text.write("\x1b[4;1H\n");
    EXPECT_EQ(grid.row(3)[5].background, palette_colour(1)) << "so does scrolling";
}

TEST_F(Terminal, sixteen_colours_of_text_and_background) {
    EXPECT_EQ(colours_after("\x1b[31;44m"), (CellColours{palette_colour(1), palette_colour(4)}));
    EXPECT_EQ(colours_after("\x1b[91;104m"), (CellColours{palette_colour(9), palette_colour(12)}));
    EXPECT_EQ(colours_after("\x1b[31;44;39;49m"), usual);
    EXPECT_EQ(colours_after("\x1b[31m\x1b[m"), usual);
}

TEST_F(Terminal, bold_makes_the_dark_eight_bright_and_inverse_changes_places) {
    EXPECT_EQ(colours_after("\x1b[1;32m").foreground, palette_colour(10));
    EXPECT_EQ(colours_after("\x1b[1;32;22m").foreground, palette_colour(2));
    EXPECT_EQ(colours_after("\x1b[7;32m"), (CellColours{usual.background, palette_colour(2)}));
    EXPECT_EQ(colours_after("\x1b[7;27m"), usual);
}

TEST_F(Terminal, two_hundred_and_fifty_six_colours_and_all_others) {
    EXPECT_EQ(colours_after("\x1b[38;5;196m").foreground, (Colour{255, 0, 0}));
    EXPECT_EQ(colours_after("\x1b[48;5;244m").background, (Colour{128, 128, 128}));
    EXPECT_EQ(colours_after("\x1b[38;2;1;2;3;48;2;4;5;6m"), (CellColours{{1, 2, 3}, {4, 5, 6}}));
    EXPECT_EQ(colours_after("\x1b[38:2:1:2:300m").foreground, (Colour{1, 2, 255}));
    EXPECT_EQ(colours_after("\x1b[38;5m").foreground, palette_colour(0)) << "what is missing is 0";
}

TEST_F(Terminal, what_is_not_understood_shows_nothing) {
    text.write(
        "a\x1b]0;title\x07"
        "b\x1b]0;title\x1b\\c\x1b(0d\x1b[?2004he\x1b[5nf\x1b=g\x1b[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18zh");
    EXPECT_EQ(row(0), u"abcdefgh");
}

TEST_F(Terminal, a_sequence_may_be_broken_off) {
    text.write(
        "\x1b[31\x18"
        "a\x1b[3\x1b[2Cb\x1b]endless\x18"
        "c");
    EXPECT_EQ(row(0), u"a  bc");
}

TEST_F(Terminal, the_cursor_can_be_hidden) {
    text.write("\x1b[?25l");
    EXPECT_FALSE(grid.cursor_shown());
    text.write("\x1b[?25h");
    EXPECT_TRUE(grid.cursor_shown());
}

TEST_F(Terminal, a_reset_forgets_text_and_colours) {
    text.write(
        "abc\x1b[31m\x1b"
        "cx");
    EXPECT_EQ(row(0), u"x");
    EXPECT_EQ(grid.row(0)[0].foreground, usual.foreground);
}

class SmallestTerminal : public Terminal {
protected:
    SmallestTerminal() : Terminal(1, 1) {}
};

TEST_F(SmallestTerminal, has_room_for_the_last_character) {
    text.write("abc\x1b[5@\x1b[5P\x1b[2Jd\te");
    EXPECT_EQ(row(0), u"e");
}

// --- Painting -----------------------------------------------------------------------------------------------------

/// A framebuffer in memory with a text screen on it, and another one for what should be there, drawn by the canvas.
class PaintedScreen {
public:
    explicit PaintedScreen(const Layout& layout)
        : layout_(layout),
          memory_(layout.pitch * layout.height, std::byte{0xee}),
          canvas_(*Canvas::create(memory_.data(), layout)),
          font_(*Font::parse(fonts::text())),
          size_(Painter::size_for(canvas_, font_)),
          cells_(std::size_t{size_.columns} * size_.rows),
          shown_(cells_.size()),
          grid(cells_, size_.columns, size_.rows, usual),
          text(grid),
          painter(canvas_, font_, size_, shown_, grid.row(0).front()) {
        canvas_.fill({0, 0, canvas_.width(), canvas_.height()}, usual.background);
    }

    void paint() { painter.paint(grid); }

    [[nodiscard]] bool shows_its_grid() const {
        std::vector<std::byte> memory(memory_.size(), std::byte{0xee});
        auto canvas = *Canvas::create(memory.data(), layout_);
        canvas.fill({0, 0, canvas.width(), canvas.height()}, usual.background);
        for (unsigned row = 0; row < size_.rows; ++row)
            for (unsigned column = 0; column < size_.columns; ++column) {
                const Cell& cell = grid.row(row)[column];
                TextStyle style{.colour = cell.foreground, .background = cell.background, .scale = size_.scale};
                if (grid.cursor_shown() && grid.cursor() == GridPlace{row, column})
                    style = {.colour = cell.background, .background = cell.foreground, .scale = size_.scale};
                canvas.draw_glyph(std::int64_t{column} * 8 * size_.scale, std::int64_t{row} * 16 * size_.scale,
                                  font_.glyph(cell.character), style);
            }
        return memory == memory_;
    }

private:
    Layout layout_;
    std::vector<std::byte> memory_;
    Canvas canvas_;
    Font font_;
    Painter::Size size_;
    std::vector<Cell> cells_;
    std::vector<Cell> shown_;

public:
    Grid grid;
    TerminalText text;
    Painter painter;
};

struct Format {
    std::string name;
    Layout layout;
};

const std::vector<Format> formats = {
    {"32_bits", {200, 70, 832, 32, {8, 16}, {8, 8}, {8, 0}}},
    {"32_bits_the_other_way", {200, 70, 800, 32, {8, 0}, {8, 8}, {8, 16}}},
    {"30_bits_of_colour", {200, 70, 800, 32, {10, 20}, {10, 10}, {10, 0}}},
    {"24_bits", {203, 70, 613, 24, {8, 16}, {8, 8}, {8, 0}}},
    {"16_bits", {200, 70, 400, 16, {5, 11}, {6, 5}, {5, 0}}},
    {"15_bits", {201, 70, 404, 15, {5, 10}, {5, 5}, {5, 0}}},
    {"twice_the_size", {2570, 1450, 10304, 32, {8, 16}, {8, 8}, {8, 0}}},
    {"three_times_the_size_in_16_bits", {3840, 2170, 7680, 16, {5, 11}, {6, 5}, {5, 0}}},
    {"three_times_the_size_in_24_bits", {3841, 2161, 11524, 24, {8, 16}, {8, 8}, {8, 0}}},
    {"one_character", {8, 16, 32, 32, {8, 16}, {8, 8}, {8, 0}}},
};

class Painting : public testing::TestWithParam<Format> {};
INSTANTIATE_TEST_SUITE_P(Formats, Painting, testing::ValuesIn(formats), [](const auto& one) { return one.param.name; });

TEST_P(Painting, shows_what_the_grid_says_whatever_changes) {
    PaintedScreen screen(GetParam().layout);
    for (const char* text :
         {"Hello, \x1b[31mred\x1b[0m and \x1b[1;7;38;5;99mmore\x1b[0m é…─☃\n", "a\nb\n\n", "\x1b[H\x1b[K",
          "c\n\n\n\n\n\nd", "\x1b[44m\x1b[2J\x1b[0m", "\x1b[?25l e", "\x1b[2;5Hf\x1b[3@\x1b[?25h"}) {
        screen.text.write(text);
        screen.paint();
        ASSERT_TRUE(screen.shows_its_grid()) << text;
    }
}

TEST(Painter, draws_only_what_changes) {
    PaintedScreen screen(formats[0].layout);
    screen.paint();
    EXPECT_EQ(screen.painter.cells_drawn(), 1U) << "the cursor";
    screen.text.write("ab");
    screen.paint();
    EXPECT_EQ(screen.painter.cells_drawn(), 4U) << "two characters, and the cursor behind them";
    screen.paint();
    EXPECT_EQ(screen.painter.cells_drawn(), 4U);
}

TEST(Painter, leaves_what_was_drawn_by_others_where_nothing_is_written) {
    const Layout layout = formats[0].layout;
    std::vector<std::byte> memory(layout.pitch * layout.height, std::byte{0x77});
    const Canvas canvas = *Canvas::create(memory.data(), layout);
    const Font font = *Font::parse(fonts::text());
    const auto size = Painter::size_for(canvas, font);
    std::vector<Cell> cells(std::size_t{size.columns} * size.rows), shown(cells.size());
    Grid grid(cells, size.columns, size.rows, usual);
    Painter painter(canvas, font, size, shown, grid.row(0).front());
    TerminalText text(grid);
    text.write("\x1b[?25l\x1b[97;41m\x1b[Kpanic: a test\x1b[0m\n");
    painter.paint(grid);
    EXPECT_NE(memory[0], std::byte{0x77});
    EXPECT_NE(memory[layout.pitch - 40], std::byte{0x77}) << "the line reaches the screen's edge";
    for (std::size_t at = layout.pitch * 16; at < memory.size(); ++at) ASSERT_EQ(memory[at], std::byte{0x77}) << at;
}

TEST(Painter, characters_stay_readable_from_vga_to_4k) {
    const Font font = *Font::parse(fonts::text());
    const auto size = [&](std::uint64_t width, std::uint64_t height) {
        std::vector<std::byte> memory(width * height * 4);
        return Painter::size_for(
            *Canvas::create(memory.data(), {width, height, width * 4, 32, {8, 16}, {8, 8}, {8, 0}}), font);
    };
    EXPECT_EQ(size(640, 480).columns, 80U);
    EXPECT_EQ(size(640, 480).rows, 30U);
    EXPECT_EQ(size(1280, 800).columns, 160U);
    EXPECT_EQ(size(1280, 800).rows, 50U);
    EXPECT_EQ(size(1920, 1080).scale, 1U);
    EXPECT_EQ(size(3840, 2160).scale, 3U);
    EXPECT_EQ(size(3840, 2160).columns, 160U);
    EXPECT_EQ(size(7, 15).columns, 0U) << "no room for one character";
}

TEST(Painter, shows_random_text_as_the_grid_has_it) {
    std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same each time
    PaintedScreen screen(formats[3].layout);
    const std::string_view alphabet = "ab \n\t\r\b\x1b[[[;;0123456789mHKJABCD@Ph?l\xc3\xa9\xe2";
    for (int round = 0; round < 300; ++round) {
        std::string text;
        for (int i = 0; i < 40; ++i) text += alphabet[random() % alphabet.size()];
        screen.text.write(text);
        screen.paint();
        ASSERT_TRUE(screen.shows_its_grid()) << round;
    }
}

}  // namespace
}  // namespace lintel
