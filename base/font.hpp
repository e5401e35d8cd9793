// Fonts of the Linux console: PSF versions 1 and 2, as in Debian's console-setup-linux.
// Invariant: the file is not trusted; no glyph reaches outside it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace lintel {

/// A character's picture: rows from top to bottom, each padded to whole bytes, the leftmost pixel in the top bit.
class Glyph {
public:
    Glyph(Bytes bitmap, std::uint32_t width, std::uint32_t height) : bitmap_(bitmap), width_(width), height_(height) {}

    [[nodiscard]] std::uint32_t width() const { return width_; }
    [[nodiscard]] std::uint32_t height() const { return height_; }
    [[nodiscard]] Bytes bitmap() const { return bitmap_; }
    [[nodiscard]] bool is_set(std::uint32_t x, std::uint32_t y) const {
        const std::byte row = bitmap_[std::size_t{y} * ((width_ + 7) / 8) + x / 8];
        return (row & std::byte(0x80U >> (x % 8))) != std::byte{0};
    }

private:
    Bytes bitmap_;
    std::uint32_t width_;
    std::uint32_t height_;
};

class Font {
public:
    /// Reads a PSF file, which must live as long as the font.
    static Result<Font> parse(Bytes file);

    [[nodiscard]] std::uint32_t width() const { return width_; }
    [[nodiscard]] std::uint32_t height() const { return height_; }

    /// The picture of a character, where the font has it.
    [[nodiscard]] std::optional<Glyph> find(char32_t character) const;

    /// The picture of a character, or of what stands for those that the font lacks.
    [[nodiscard]] Glyph glyph(char32_t character) const;

private:
    enum class Encoding : std::uint8_t { by_index, utf16_table, utf8_table };

    Font() = default;
    static Result<Font> parse_version_1(Bytes file);
    static Result<Font> parse_version_2(Bytes file);
    Status set_glyphs(Bytes file, std::uint64_t offset, std::uint64_t size);
    void index_ascii();

    [[nodiscard]] std::optional<std::uint32_t> look_up(char32_t character) const;
    [[nodiscard]] Glyph glyph_at(std::uint32_t index) const;

    static constexpr std::uint32_t none = 0xffffffff;

    Bytes glyphs_{};
    Bytes table_{};
    Encoding encoding_ = Encoding::by_index;
    std::uint32_t count_ = 0;
    std::uint32_t width_ = 0;
    std::uint32_t height_ = 0;
    std::uint32_t fallback_ = 0;
    std::array<std::uint32_t, 128> ascii_{};  // indices, so that common text needs no search
};

}  // namespace lintel
