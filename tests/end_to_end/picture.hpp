// Screenshots and the fonts that should be on them, read here once more and by other means than the kernel's own.
// Invariant: reading outside of a picture or a font throws.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {

struct Pixel {
    int red;
    int green;
    int blue;
    friend bool operator==(const Pixel&, const Pixel&) = default;
};

class Picture {
public:
    /// Reads a binary PPM, as QEMU writes it.
    explicit Picture(const fs::path& file);
    [[nodiscard]] int width() const { return width_; }
    [[nodiscard]] int height() const { return height_; }
    [[nodiscard]] Pixel at(int x, int y) const;

private:
    std::string bytes_;
    std::size_t start_ = 0;
    int width_ = 0;
    int height_ = 0;
};

class ConsoleFont {
public:
    /// Reads a gzipped PSF font of either version.
    explicit ConsoleFont(const fs::path& file);
    [[nodiscard]] int width() const { return width_; }
    [[nodiscard]] int height() const { return height_; }
    [[nodiscard]] bool dot(char character, int x, int y) const;

private:
    std::string bytes_;
    std::size_t start_ = 0;
    int width_ = 8;
    int height_ = 0;
};

/// Whether `text` stands at (left, top), each dot of the font being scale x scale pixels: `ink` where the font has a
/// dot, and one other colour everywhere else.
bool shows_text(const Picture& picture, const ConsoleFont& font, std::string_view text, int left, int top, int scale,
                Pixel ink);

}  // namespace lintel::end_to_end
