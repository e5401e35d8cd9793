#include "base/canvas.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/checked.hpp"
#include "base/utf8.hpp"

namespace lintel {
namespace {

constexpr std::uint64_t largest_side = 1 << 20;  // keeps coordinates far from overflow

bool fits(Channel channel, unsigned bits) {
    return channel.size > 0 && channel.size <= 16 && channel.size + channel.shift <= bits;
}

std::uint32_t scaled(std::uint8_t value, Channel channel) {
    const std::uint32_t most = (std::uint32_t{1} << channel.size) - 1;
    return (value * most + 127) / 255 << channel.shift;
}

struct Extent {
    std::uint64_t begin;
    std::uint64_t end;
};

/// The part of [start, start + length) that lies within [0, limit).
Extent clip(std::int64_t start, std::int64_t length, std::uint64_t limit) {
    std::int64_t end = 0;
    if (__builtin_add_overflow(start, length, &end))
        end = length > 0 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
    const auto most = static_cast<std::int64_t>(limit);
    start = std::clamp<std::int64_t>(start, 0, most);
    end = std::clamp(end, start, most);
    return {static_cast<std::uint64_t>(start), static_cast<std::uint64_t>(end)};
}

/// Writes `value`'s low `size` bytes over and over: a pixel at a time, or eight bytes at a time where they fit.
void fill_row(MutableBytes row, std::uint32_t value, std::size_t size) {
    std::byte* to = row.data();
    std::byte* const end = to + row.size();
    if (size == 4) {
        const std::uint64_t two = (std::uint64_t{value} << 32) | value;
        for (; end - to >= 8; to += 8) std::memcpy(to, &two, 8);
    }
    // x86-64 is little-endian, as the pixel is: its first byte in memory is the lowest.
    for (; to != end; to += size) std::memcpy(to, &value, size);
}

}  // namespace

Result<Canvas> Canvas::create(void* memory, const Layout& layout) {
    const unsigned bits = layout.bits_per_pixel;
    if (bits != 15 && bits != 16 && bits != 24 && bits != 32)
        return fail(ErrorCode::unsupported, "a framebuffer has pixels of an unusual size, in bits", {}, bits);
    if (!fits(layout.red, bits) || !fits(layout.green, bits) || !fits(layout.blue, bits))
        return fail(ErrorCode::malformed, "a framebuffer's colour masks do not fit its pixels");
    if (memory == nullptr || layout.width == 0 || layout.height == 0 || layout.width > largest_side ||
        layout.height > largest_side)
        return fail(ErrorCode::malformed, "a framebuffer has no memory or an impossible size");
    if (layout.pitch < layout.width * ((bits + 7) / 8))
        return fail(ErrorCode::malformed, "a framebuffer's rows overlap", {}, layout.pitch);
    const auto size = checked_multiply(layout.pitch, layout.height);
    if (!size || *size > std::numeric_limits<std::size_t>::max() - reinterpret_cast<std::uintptr_t>(memory))
        return fail(ErrorCode::malformed, "a framebuffer is larger than memory");
    // Safety: the caller vouches for these bytes.
    return Canvas({static_cast<std::byte*>(memory), *size}, layout);
}

std::uint32_t Canvas::pixel(Colour colour) const {
    return scaled(colour.red, layout_.red) | scaled(colour.green, layout_.green) | scaled(colour.blue, layout_.blue);
}

void Canvas::fill(const Rectangle& area, Colour colour) {
    const std::size_t size = (layout_.bits_per_pixel + 7U) / 8;
    const Extent columns = clip(area.x, area.width, layout_.width);
    const Extent rows = clip(area.y, area.height, layout_.height);
    const std::uint32_t value = pixel(colour);
    for (std::uint64_t y = rows.begin; y < rows.end; ++y)
        fill_row(memory_.subspan(y * layout_.pitch + columns.begin * size, (columns.end - columns.begin) * size), value,
                 size);
}

std::int64_t Canvas::draw_text(std::int64_t x, std::int64_t y, std::string_view text, const Font& font,
                               const TextStyle& style) {
    const std::int64_t advance = std::int64_t{font.width()} * style.scale;
    while (!text.empty()) {
        const Glyph glyph = font.glyph(take_code_point(text));
        draw_glyph(x, y, glyph, style);
        if (__builtin_add_overflow(x, advance, &x)) return std::numeric_limits<std::int64_t>::max();
    }
    return x;
}

void Canvas::draw_glyph(std::int64_t x, std::int64_t y, const Glyph& glyph, const TextStyle& style) {
    const std::int64_t scale = style.scale, scale_down = style.scale_down != 0 ? style.scale_down : style.scale;
    // Far outside nothing shows, and nearer by the sums below cannot overflow.
    constexpr auto far = std::int64_t{1} << 61;
    if (x < -far || x > far || y < -far || y > far) return;
    for (std::uint32_t row = 0; row < glyph.height(); ++row) {
        for (std::uint32_t begin = 0, end = 0; begin < glyph.width(); begin = end) {
            const bool set = glyph.is_set(begin, row);
            for (end = begin + 1; end < glyph.width() && glyph.is_set(end, row) == set;) ++end;
            if (!set && !style.background) continue;
            fill({x + begin * scale, y + row * scale_down, (end - begin) * scale, scale_down},
                 set ? style.colour : *style.background);
        }
    }
}

}  // namespace lintel
