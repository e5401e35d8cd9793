#include "kernel/console/painter.hpp"

#include <algorithm>
#include <cstring>

#include "base/result.hpp"

namespace lintel {
namespace {

/// The most frequent size, which then needs no loop: four pixels of 32 bits.
constexpr std::size_t usual_nibble_bytes = 16;

/// Copies a multiple of four bytes to a framebuffer: eight at a time, forward.
inline std::byte* write_forward(std::byte* to, const std::byte* from, std::size_t bytes) {
    if (bytes == usual_nibble_bytes) {
        __builtin_memcpy(to, from, usual_nibble_bytes);
        return to + usual_nibble_bytes;
    }
    for (; bytes >= 8; bytes -= 8, to += 8, from += 8) __builtin_memcpy(to, from, 8);
    if (bytes != 0) {
        __builtin_memcpy(to, from, 4);
        to += 4;
    }
    return to;
}

}  // namespace

Painter::Size Painter::size_for(const Canvas& canvas, const Font& font) {
    const auto scale = static_cast<unsigned>(
        std::clamp<std::int64_t>(std::min(canvas.width() / 1280, canvas.height() / 720), 1, most_scale));
    const auto fit = [&](std::int64_t pixels, std::uint32_t glyph) {
        return static_cast<unsigned>(pixels / (std::int64_t{glyph} * scale));
    };
    return {fit(canvas.width(), font.width()), fit(canvas.height(), font.height()), scale};
}

Painter::Painter(const Canvas& canvas, const Font& font, Size size, std::span<Cell> shown, Cell blank)
    : canvas_(canvas),
      font_(&font),
      size_(size),
      shown_(shown),
      nibble_bytes_(std::size_t{4} * size.scale * canvas.bytes_per_pixel()) {
    ensure(font.width() == 8, "the console's font is 8 pixels wide");
    ensure(shown.size() == std::size_t{size.columns} * size.rows, "a painter has as many cells as its grid");
    std::ranges::fill(shown_, blank);
}

const std::byte* Painter::bitmap_of(char16_t character) {
    Known& known = known_[character % known_.size()];
    if (known.bitmap == nullptr || known.character != character)
        known = {character, font_->glyph(character).bitmap().data()};
    return known.bitmap;
}

void Painter::prepare(CellColours colours) {
    if (is_prepared_ && prepared_ == colours) return;
    const std::uint32_t pixels[2] = {canvas_.pixel(colours.background), canvas_.pixel(colours.foreground)};
    const std::size_t bytes = canvas_.bytes_per_pixel();
    for (unsigned set = 0; set < nibbles_.size(); ++set) {
        std::byte* to = nibbles_[set].data();
        for (unsigned pixel = 0; pixel < 4; ++pixel)
            for (unsigned i = 0; i < size_.scale; ++i, to += bytes)
                std::memcpy(to, &pixels[set >> (3 - pixel) & 1], bytes);
    }
    prepared_ = colours;
    is_prepared_ = true;
}

void Painter::draw(const Run& run) {
    const std::uint32_t height = font_->height();
    const std::size_t left = std::size_t{run.column} * 2 * nibble_bytes_;
    std::uint64_t y = std::uint64_t{run.row} * height * size_.scale;
    for (std::uint32_t row = 0; row < height; ++row) {
        for (unsigned again = 0; again < size_.scale; ++again, ++y) {
            std::byte* to = canvas_.row(y).subspan(left, run.length * 2 * nibble_bytes_).data();
            for (const std::byte* bitmap : std::span(run.bitmaps).first(run.length)) {
                const auto bits = static_cast<std::uint8_t>(bitmap[row]);
                to = write_forward(to, nibbles_[bits >> 4].data(), nibble_bytes_);
                to = write_forward(to, nibbles_[bits & 0xf].data(), nibble_bytes_);
            }
        }
    }
    drawn_ += run.length;
}

void Painter::paint_row(const Grid& grid, unsigned row) {
    const auto wanted = grid.row(row);
    const auto shown = shown_.subspan(std::size_t{row} * size_.columns, size_.columns);
    const bool has_cursor = grid.cursor_shown() && grid.cursor().row == row;
    const auto cell_at = [&](unsigned column) {
        Cell cell = wanted[column];
        if (has_cursor && grid.cursor().column == column) std::swap(cell.foreground, cell.background);
        return cell;
    };
    unsigned column = 0;
    while (column < size_.columns) {
        const Cell first = cell_at(column);
        if (first == shown[column]) {
            ++column;
            continue;
        }
        const CellColours colours{first.foreground, first.background};
        Run run;
        run.row = row;
        run.column = column;
        run.length = 0;
        while (column < size_.columns && run.length < most_in_run) {
            const Cell cell = cell_at(column);
            if (cell == shown[column] || CellColours{cell.foreground, cell.background} != colours) break;
            shown[column++] = cell;
            run.bitmaps[run.length++] = bitmap_of(cell.character);
        }
        prepare(colours);
        draw(run);
    }
}

void Painter::paint(const Grid& grid) {
    for (unsigned row = 0; row < size_.rows; ++row) paint_row(grid, row);
}

}  // namespace lintel
