// PSF fonts: parsed, looked up in, and drawn with.
// The input: the font; its last 12 bytes also say what is looked up and where it is drawn.
#include "base/font.hpp"

#include <array>

#include "base/canvas.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lintel::fuzz {
namespace {

void check_glyph(const Font& font, const Glyph& glyph) {
    ensure(glyph.width() == font.width() && glyph.height() == font.height(), "glyphs are of the font's size");
    static_cast<void>(glyph.is_set(0, 0));
    static_cast<void>(glyph.is_set(glyph.width() - 1, glyph.height() - 1));
}

void look_up(const Font& font, char32_t character) {
    check_glyph(font, font.glyph(character));
    if (auto glyph = font.find(character)) {
        check_glyph(font, *glyph);
        ensure(glyph->bitmap().data() == font.glyph(character).bitmap().data(), "both find the same glyph");
    }
}

/// Draws on a canvas whose memory ends where its last pixel does.
void draw(const Font& font, std::int64_t x, std::int64_t y, std::string_view text, std::uint32_t scale) {
    constexpr Layout layout{40, 30, 40 * 3, 24, {8, 16}, {8, 8}, {8, 0}};
    std::vector<std::byte> memory(layout.pitch * layout.height);
    auto canvas = Canvas::create(memory.data(), layout);
    ensure(canvas.has_value(), "the canvas is sound");
    canvas->draw_text(x, y, text, font, {.colour = {1, 2, 3}, .background = Colour{4, 5, 6}, .scale = scale});
}

}  // namespace

void try_input(Bytes input) {
    auto file = copy_of(input);
    auto font = Font::parse(file);
    if (!font) return check_error(font.error());
    for (char32_t character : {U'\0', U'A', U'\x7f', U'\x80', U'─', U'\xfffd', U'\x10ffff'}) look_up(*font, character);

    Bytes tail = input.last(std::min<std::size_t>(input.size(), 12));
    Input rest(tail);
    look_up(*font, rest.number<std::uint32_t>());
    auto x = static_cast<std::int8_t>(rest.number<std::uint8_t>());
    auto y = static_cast<std::int8_t>(rest.number<std::uint8_t>());
    auto shift = rest.number<std::uint8_t>() % 56;
    draw(*font, std::int64_t{x} * (std::int64_t{1} << shift), y, as_text(tail), rest.number<std::uint8_t>() % 16);
}

}  // namespace lintel::fuzz
