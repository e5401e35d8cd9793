// Drawing into a linear framebuffer: filled rectangles and text.
// Invariant: everything is clipped; no write leaves the memory that was handed in, whatever is asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/font.hpp"
#include "base/result.hpp"

namespace lintel {

struct Colour {
    std::uint8_t red;
    std::uint8_t green;
    std::uint8_t blue;
    friend bool operator==(const Colour&, const Colour&) = default;
};

struct Rectangle {
    std::int64_t x;
    std::int64_t y;
    std::int64_t width;
    std::int64_t height;
};

/// Where in a pixel one colour stands.
struct Channel {
    std::uint8_t size;   // bits
    std::uint8_t shift;  // of the lowest one
};

struct Layout {
    std::uint64_t width;   // pixels
    std::uint64_t height;  // rows
    std::uint64_t pitch;   // bytes from one row to the next
    std::uint16_t bits_per_pixel;
    Channel red;
    Channel green;
    Channel blue;

    /// From a description with the protocol's names, such as limine::Framebuffer and limine::VideoMode.
    template <class Mode>
    static constexpr Layout of(const Mode& mode) {
        return {mode.width,
                mode.height,
                mode.pitch,
                mode.bpp,
                {mode.red_mask_size, mode.red_mask_shift},
                {mode.green_mask_size, mode.green_mask_shift},
                {mode.blue_mask_size, mode.blue_mask_shift}};
    }
};

/// How many of the screen's pixels one of a font's becomes, each way.
struct GlyphScale {
    std::uint32_t x = 1;
    std::uint32_t y = 1;
    friend bool operator==(const GlyphScale&, const GlyphScale&) = default;
};

/// How text looks: a background only where one is given, each of the font's pixels a square of `scale` pixels, or
/// `scale` by `scale_down` where that is not 0.
struct TextStyle {
    Colour colour;
    std::optional<Colour> background{};
    std::uint32_t scale = 1;
    std::uint32_t scale_down = 0;
};

class Canvas {
public:
    /// Fails where the layout contradicts itself, or has pixels of other than 15, 16, 24 or 32 bits. `memory` is where
    /// the first row starts; the caller vouches for pitch * height bytes.
    static Result<Canvas> create(void* memory, const Layout& layout);

    [[nodiscard]] std::int64_t width() const { return static_cast<std::int64_t>(layout_.width); }
    [[nodiscard]] std::int64_t height() const { return static_cast<std::int64_t>(layout_.height); }

    // For who draws in ways of its own.
    [[nodiscard]] std::size_t bytes_per_pixel() const { return (layout_.bits_per_pixel + 7U) / 8; }
    /// A colour as a pixel, whose first byte in memory is the lowest.
    [[nodiscard]] std::uint32_t pixel(Colour colour) const;
    /// The pixels of row `y`, which is below height().
    [[nodiscard]] MutableBytes row(std::uint64_t y) const {
        return memory_.subspan(y * layout_.pitch, layout_.width * bytes_per_pixel());
    }

    void fill(const Rectangle& area, Colour colour);

    /// Draws one line of UTF-8 with its top left corner at (x, y); gives the x behind its last character.
    std::int64_t draw_text(std::int64_t x, std::int64_t y, std::string_view text, const Font& font,
                           const TextStyle& style);

    void draw_glyph(std::int64_t x, std::int64_t y, const Glyph& glyph, const TextStyle& style);

private:
    Canvas(MutableBytes memory, const Layout& layout) : memory_(memory), layout_(layout) {}

    MutableBytes memory_;
    Layout layout_;
};

}  // namespace lintel
