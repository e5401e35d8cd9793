// PPM: "P6 width height 255" and one white-space character, then three bytes for each pixel. PSF 1: 4 bytes of header,
// 8 dots wide; PSF 2: eight 32-bit words of header. In Debian's fonts the first 128 glyphs stand in ASCII order.
// Invariant: see the header.
#include "tests/end_to_end/picture.hpp"

#include <cstring>
#include <sstream>
#include <stdexcept>

namespace lintel::end_to_end {

Picture::Picture(const fs::path& file) : bytes_(contents(file)) {
    std::istringstream header(bytes_.substr(0, 64));
    std::string kind;
    int depth = 0;
    header >> kind >> width_ >> height_ >> depth;
    start_ = static_cast<std::size_t>(header.tellg()) + 1;
    if (kind != "P6" || depth != 255) throw std::runtime_error("not a PPM picture");
}

Pixel Picture::at(int x, int y) const {
    if (x < 0 || y < 0 || x >= width_ || y >= height_) throw std::out_of_range("outside the picture");
    const auto offset =
        start_ + 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x));
    auto byte = [&](std::size_t i) { return static_cast<int>(static_cast<unsigned char>(bytes_.at(offset + i))); };
    return {byte(0), byte(1), byte(2)};
}

ConsoleFont::ConsoleFont(const fs::path& file) : bytes_(run({"/bin/gzip", "-dc", file}).out) {
    if (bytes_.starts_with("\x36\x04")) {
        height_ = static_cast<unsigned char>(bytes_.at(3));
        start_ = 4;
        return;
    }
    std::uint32_t header[8] = {};
    if (bytes_.size() < sizeof header || !bytes_.starts_with("\x72\xb5\x4a\x86"))
        throw std::runtime_error("not a PSF font: " + file.string());
    std::memcpy(header, bytes_.data(), sizeof header);
    start_ = header[2];
    height_ = static_cast<int>(header[6]);
    width_ = static_cast<int>(header[7]);
}

bool ConsoleFont::dot(char character, int x, int y) const {
    const auto row_bytes = static_cast<std::size_t>((width_ + 7) / 8);
    const auto row =
        static_cast<std::size_t>(static_cast<unsigned char>(character)) * static_cast<std::size_t>(height_) +
        static_cast<std::size_t>(y);
    const auto byte = static_cast<unsigned char>(bytes_.at(start_ + row * row_bytes + static_cast<std::size_t>(x / 8)));
    return ((byte >> (7 - x % 8)) & 1) != 0;
}

bool shows_text(const Picture& picture, const ConsoleFont& font, std::string_view text, int left, int top, int scale,
                Pixel ink) {
    const Pixel ground = picture.at(left, top);
    if (ground == ink) return false;
    const int width = static_cast<int>(text.size()) * font.width() * scale;
    for (int y = 0; y < font.height() * scale; ++y)
        for (int x = 0; x < width; ++x) {
            const int column = x / scale;
            const char character = text[static_cast<std::size_t>(column / font.width())];
            const bool dot = font.dot(character, column % font.width(), y / scale);
            if (picture.at(left + x, top + y) != (dot ? ink : ground)) return false;
        }
    return true;
}

}  // namespace lintel::end_to_end
