// Text with control sequences, written to a screen in pieces, and the screen painted.
// The input: how large the screen is, how the text is cut, and the text.
#include "kernel/console/terminal_text.hpp"

#include "base/fonts.hpp"
#include "kernel/console/painter.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lintel::fuzz {
namespace {

bool same(const Grid& a, const Grid& b) {
    if (a.cursor() != b.cursor() || a.cursor_shown() != b.cursor_shown()) return false;
    for (unsigned row = 0; row < a.rows(); ++row)
        if (!std::ranges::equal(a.row(row), b.row(row))) return false;
    return true;
}

void check_cursor(const Grid& grid) {
    ensure(grid.cursor().row < grid.rows() && grid.cursor().column < grid.columns(), "the cursor is in the grid");
}

}  // namespace

void try_input(Bytes input) {
    Input rest(input);
    const Layout layout{8 + rest.number<std::uint8_t>() % 200U,
                        16 + rest.number<std::uint8_t>() % 100U,
                        640,
                        24,
                        {8, 16},
                        {8, 8},
                        {8, 0}};
    const std::size_t piece = 1 + rest.number<std::uint8_t>() % 7U;
    std::vector<std::byte> memory(layout.pitch * layout.height);
    const auto canvas = Canvas::create(memory.data(), layout);
    const auto font = Font::parse(fonts::text());
    ensure(canvas && font, "the screen is sound");

    const Painter::Size size = Painter::size_for(*canvas, *font);
    std::vector<Cell> cells(std::size_t{size.columns} * size.rows), others(cells.size()), shown(cells.size());
    Grid grid(cells, size.columns, size.rows, TextColours().now());
    Grid other(others, size.columns, size.rows, TextColours().now());
    Painter painter(*canvas, *font, size, shown, grid.row(0).front());
    TerminalText text(grid), in_pieces(other);

    text.write(as_text(rest.rest()));
    while (!rest.empty()) {
        in_pieces.write(as_text(rest.take(piece)));
        check_cursor(other);
        painter.paint(other);
    }
    check_cursor(grid);
    ensure(same(grid, other), "it does not matter how a text is cut");
    painter.paint(other);
    const std::uint64_t drawn = painter.cells_drawn();
    painter.paint(other);
    ensure(painter.cells_drawn() == drawn, "what is shown is not drawn again");
}

}  // namespace lintel::fuzz
