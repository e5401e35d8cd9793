// The screens in the machine.
#include <algorithm>
#include <array>
#include <memory>

#include "arch/arch.hpp"
#include "base/fonts.hpp"
#include "kernel/console/console.hpp"
#include "kernel/console/painter.hpp"
#include "kernel/console/terminal_text.hpp"
#include "kernel/log.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/tests/tests.hpp"

namespace lintel {
namespace {

/// A screen of 1280x800 pixels in ordinary memory.
class MemoryScreen {
public:
    static constexpr Layout layout{1280, 800, 5120, 32, {8, 16}, {8, 8}, {8, 0}};

    MemoryScreen()
        : font(*Font::parse(fonts::text())),
          memory_(new std::byte[layout.pitch * layout.height]{}),
          canvas(*Canvas::create(memory_.get(), layout)),
          size_(Painter::size_for(canvas, font)),
          cells_(new Cell[std::size_t{2} * size_.columns * size_.rows]),
          grid({cells_.get(), count()}, size_.columns, size_.rows, TextColours().now()),
          text(grid),
          painter(canvas, font, size_, {cells_.get() + count(), count()}, grid.row(0).front()) {}

    [[nodiscard]] std::uint32_t pixel(std::size_t x, std::size_t y) const {
        return copy_at<std::uint32_t>(canvas.row(y), x * 4);
    }

    Font font;

private:
    [[nodiscard]] std::size_t count() const { return std::size_t{size_.columns} * size_.rows; }

    std::unique_ptr<std::byte[]> memory_;

public:
    Canvas canvas;

private:
    Painter::Size size_;
    std::unique_ptr<Cell[]> cells_;

public:
    Grid grid;
    TerminalText text;
    Painter painter;
};

void characters_are_painted_as_the_font_has_them() {
    const auto screen = std::make_unique<MemoryScreen>();
    screen->text.write("\x1b[?25l\x1b[38;2;255;0;0;48;2;0;0;255mA");
    screen->painter.paint(screen->grid);
    const Glyph glyph = screen->font.glyph(U'A');
    for (std::uint32_t y = 0; y < glyph.height(); ++y)
        for (std::uint32_t x = 0; x < glyph.width(); ++x)
            expect_equal(screen->pixel(x, y), glyph.is_set(x, y) ? 0xff0000U : 0x0000ffU, "a pixel");
}

void scrolling_moves_what_is_painted() {
    const auto screen = std::make_unique<MemoryScreen>();
    screen->text.write("\x1b[?25l\x1b[41m \x1b[0m");
    for (unsigned i = 0; i < screen->grid.rows() - 1; ++i) screen->text.write("\n");
    screen->text.write("\x1b[42m\x1b[K\x1b[0m\n");
    screen->painter.paint(screen->grid);
    const Colour green = palette_colour(2);
    expect_equal(screen->pixel(0, std::size_t{16} * (screen->grid.rows() - 2)), screen->canvas.pixel(green), "a pixel");
    expect(screen->pixel(0, 0) != screen->canvas.pixel(palette_colour(1)), "what has left the screen is still there");
}

void what_has_not_changed_is_not_painted() {
    const auto screen = std::make_unique<MemoryScreen>();
    screen->text.write("text\n");
    screen->painter.paint(screen->grid);
    const std::uint64_t before = screen->painter.cells_drawn();
    screen->painter.paint(screen->grid);
    expect_equal(screen->painter.cells_drawn(), before, "the number of cells");
}

void the_framebuffer_combines_writes() {
    const Canvas* canvas = first_canvas();
    if (canvas == nullptr) return skip("there is no framebuffer");
    const auto found = kernel_tables().translate(VirtAddr(reinterpret_cast<std::uint64_t>(canvas->row(0).data())));
    expect(found && found->caching == arch::Caching::write_combining, "the framebuffer is not write-combining");
    expect(found && found->access == arch::Access::read_write, "the framebuffer can be executed or not be written");
}

/// Ticks for each of a screenful of lines like the log's, the screen being full; with `-icount shift=0` instructions.
std::uint64_t ticks_to_scroll(MemoryScreen& screen) {
    const auto write_line = [&](unsigned number) {
        TextBuffer<160> line;
        print(line, "\x1b[90m[    0.{:06} 0] \x1b[0mmemory: {}-{} {} KiB usable\x1b[0m\n", number * 977,
              PhysAddr(number * 77777), PhysAddr(number * 99991), number);
        screen.text.write(line.text());
        screen.painter.paint(screen.grid);
    };
    for (unsigned i = 0; i < 60; ++i) write_line(i);
    const std::uint64_t begin = arch::timestamp();
    for (unsigned i = 60; i < 80; ++i) write_line(i);
    return (arch::timestamp() - begin) / 20;
}

/// The same by moving all rows up in the framebuffer, as is done without a memory of what is on the screen.
std::uint64_t ticks_to_copy(MemoryScreen& screen) {
    const std::uint64_t begin = arch::timestamp();
    for (std::uint64_t y = 0; y + 16 < MemoryScreen::layout.height; ++y) {
        const MutableBytes to = screen.canvas.row(y), from = screen.canvas.row(y + 16);
        for (std::size_t at = 0; at < to.size(); at += 8) {
            // Volatile: a framebuffer's every word is read and written.
            const std::uint64_t word = *reinterpret_cast<const volatile std::uint64_t*>(from.data() + at);
            *reinterpret_cast<volatile std::uint64_t*>(to.data() + at) = word;
        }
    }
    return arch::timestamp() - begin;
}

void scrolling_draws_only_what_differs_from_line_to_line() {
    const auto screen = std::make_unique<MemoryScreen>();
    const std::uint64_t scroll = ticks_to_scroll(*screen), copy = ticks_to_copy(*screen);
    log("scroll at 1280x800: {} ticks; by moving pixels: {} ticks", scroll, copy);
    for (unsigned i = 0; i < 60; ++i) screen->text.write("line 1 of many\n");
    screen->painter.paint(screen->grid);
    const std::uint64_t before = screen->painter.cells_drawn();
    screen->text.write("line 2 of many\n");
    screen->painter.paint(screen->grid);
    // All lines are the same but for the last one's digit.
    expect_equal(screen->painter.cells_drawn() - before, 1U, "the number of cells");
}

constexpr std::array<KernelTest, 5> console_list = {{
    {"console: characters_are_painted_as_the_font_has_them", characters_are_painted_as_the_font_has_them},
    {"console: scrolling_moves_what_is_painted", scrolling_moves_what_is_painted},
    {"console: what_has_not_changed_is_not_painted", what_has_not_changed_is_not_painted},
    {"console: the_framebuffer_combines_writes", the_framebuffer_combines_writes},
    {"console: scrolling_draws_only_what_differs_from_line_to_line",
     scrolling_draws_only_what_differs_from_line_to_line},
}};

}  // namespace

const std::span<const KernelTest> console_tests = console_list;

}  // namespace lintel
