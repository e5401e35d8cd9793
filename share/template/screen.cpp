// The picture: a beam on two posts.
#include "screen.hpp"

namespace {

constexpr std::uint32_t ground = 0x101418;
constexpr std::uint32_t beam = 0xe8b04a;

/// Eight bits of a colour, cut or stretched to `size` bits at `shift`.
std::uint32_t channel(std::uint32_t value, unsigned size, unsigned shift) {
    return (size < 8 ? value >> (8 - size) : value << (size - 8)) << shift;
}

/// All measures in twelfths of the screen.
bool in_picture(std::uint64_t x, std::uint64_t y, std::uint64_t width, std::uint64_t height) {
    const std::uint64_t column = x * 12 / width, row = y * 12 / height;
    if (row == 3) return column >= 2 && column < 10;
    return row > 3 && row < 9 && (column == 3 || column == 8);
}

}  // namespace

std::uint32_t pixel_of(const limine::Framebuffer& screen, std::uint32_t colour) {
    return channel(colour >> 16 & 0xff, screen.red_mask_size, screen.red_mask_shift) |
           channel(colour >> 8 & 0xff, screen.green_mask_size, screen.green_mask_shift) |
           channel(colour & 0xff, screen.blue_mask_size, screen.blue_mask_shift);
}

volatile std::uint32_t& pixel_at(const limine::Framebuffer& screen, std::uint64_t x, std::uint64_t y) {
    // Safety: the boot loader maps the whole framebuffer, and the caller stays within it.
    auto* row = static_cast<unsigned char*>(screen.address) + y * screen.pitch;
    return reinterpret_cast<volatile std::uint32_t*>(row)[x];
}

void paint(const limine::Framebuffer& screen) {
    if (screen.bpp != 32) return;
    const std::uint32_t dark = pixel_of(screen, ground), bright = pixel_of(screen, beam);
    for (std::uint64_t y = 0; y < screen.height; ++y)
        for (std::uint64_t x = 0; x < screen.width; ++x)
            pixel_at(screen, x, y) = in_picture(x, y, screen.width, screen.height) ? bright : dark;
}
