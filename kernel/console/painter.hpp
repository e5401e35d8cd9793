// Brings a framebuffer to what a grid of characters says.
// Invariant: the framebuffer is only written, row by row and each cell only where it changes: memory that combines
// writes is slow to read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/canvas.hpp"
#include "base/font.hpp"
#include "kernel/console/grid.hpp"

namespace lintel {

class Painter {
public:
    /// How many characters a canvas has room for, and how many of its pixels one of the font's becomes, each way.
    struct Size {
        unsigned columns;
        unsigned rows;
        unsigned scale;
    };
    /// For a font whose glyphs are 8 pixels wide. Rows of 160 characters where that is readable: from 2560 pixels on
    /// the font grows.
    static Size size_for(const Canvas& canvas, const Font& font);

    /// `shown` are as many cells as the grid's, and remember what is on the screen; they begin as `blank`. The font
    /// must live as long as the painter.
    Painter(const Canvas& canvas, const Font& font, Size size, std::span<Cell> shown, Cell blank);

    /// Shows the grid, which has this painter's size.
    void paint(const Grid& grid);

    /// How many cells were drawn since this was made.
    [[nodiscard]] std::uint64_t cells_drawn() const { return drawn_; }

private:
    static constexpr unsigned most_scale = 8;
    static constexpr unsigned most_in_run = 64;
    /// The pixels of four of the font's, for each of the 16 ways in which they can be set.
    static constexpr std::size_t most_nibble_bytes = std::size_t{4} * most_scale * 4;

    /// A stretch of cells in a row, with the same colours.
    struct Run {
        unsigned row;
        unsigned column;
        std::array<const std::byte*, most_in_run> bitmaps;
        unsigned length;
    };

    void paint_row(const Grid& grid, unsigned row);
    void draw(const Run& run);
    void prepare(CellColours colours);
    const std::byte* bitmap_of(char16_t character);

    Canvas canvas_;
    const Font* font_;
    Size size_;
    std::span<Cell> shown_;
    std::uint64_t drawn_ = 0;

    CellColours prepared_{};
    bool is_prepared_ = false;
    std::size_t nibble_bytes_;
    alignas(8) std::array<std::array<std::byte, most_nibble_bytes>, 16> nibbles_{};

    /// Looking a character up in a font takes long beyond ASCII.
    struct Known {
        char16_t character;
        const std::byte* bitmap;
    };
    std::array<Known, 256> known_{};
};

}  // namespace lintel
