// A screen of characters, as it should look: cells with colours, a cursor, scrolling. Knows nothing of pixels.
// Invariant: the cursor is in the grid, whatever is asked for; nothing outside the cells handed in is touched.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/canvas.hpp"

namespace lintel {

/// A character of Unicode's first plane, which has all that our fonts have.
struct Cell {
    char16_t character;
    Colour foreground;
    Colour background;
    /// In one comparison.
    friend bool operator==(const Cell& a, const Cell& b) {
        return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
    }
};
static_assert(sizeof(Cell) == 8);

struct CellColours {
    Colour foreground;
    Colour background;
    friend bool operator==(const CellColours&, const CellColours&) = default;
};

struct GridPlace {
    unsigned row;
    unsigned column;
    friend bool operator==(const GridPlace&, const GridPlace&) = default;
};

/// Which part of a line or of the screen, seen from the cursor, which is in all of them.
enum class Part : std::uint8_t { from_cursor, to_cursor, whole };

class Grid {
public:
    /// `cells` are columns * rows, neither of them 0, and live as long as the grid.
    Grid(std::span<Cell> cells, unsigned columns, unsigned rows, CellColours colours);

    [[nodiscard]] unsigned columns() const { return columns_; }
    [[nodiscard]] unsigned rows() const { return rows_; }
    [[nodiscard]] GridPlace cursor() const { return cursor_; }
    [[nodiscard]] bool cursor_shown() const { return cursor_shown_; }
    [[nodiscard]] std::span<const Cell> row(unsigned number) const;

    /// What further text and erased cells look like.
    void set_colours(CellColours colours) { colours_ = colours; }

    /// Puts a character at the cursor and moves on; behind a line's last column the next one begins with the next
    /// character, so that a line as wide as the screen takes one row.
    void put(char16_t character);

    /// The cursor goes down, and at the bottom everything goes up.
    void line_feed();
    void carriage_return() { move_to(cursor_.row, 0); }
    void tab();

    /// To a place, or to the nearest one that there is.
    void move_to(std::int64_t row, std::int64_t column);
    void move_by(std::int64_t rows, std::int64_t columns) {
        move_to(std::int64_t{cursor_.row} + rows, std::int64_t{cursor_.column} + columns);
    }
    void show_cursor(bool shown) { cursor_shown_ = shown; }

    void erase_in_line(Part part);
    void erase_in_screen(Part part);
    /// Makes room for `count` characters at the cursor, or closes it; what leaves the row is gone.
    void insert(unsigned count);
    void remove(unsigned count);

private:
    [[nodiscard]] std::span<Cell> own_row(unsigned number);
    [[nodiscard]] Cell blank() const { return {u' ', colours_.foreground, colours_.background}; }

    std::span<Cell> cells_;
    unsigned columns_;
    unsigned rows_;
    unsigned top_ = 0;  // which of the rows in memory is the screen's first: scrolling moves no cells
    GridPlace cursor_{0, 0};
    bool wrap_pending_ = false;  // the last column is full, and the cursor still on it
    bool cursor_shown_ = true;
    CellColours colours_;
};

}  // namespace lintel
