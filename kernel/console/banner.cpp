#include "kernel/console/banner.hpp"

#include <algorithm>

#include "base/font.hpp"
#include "base/fonts.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "kernel/console/console.hpp"
#include "protocol/limine.hpp"

namespace lintel {
namespace {

constexpr Colour night{16, 20, 31};
constexpr Colour stone{214, 158, 82};
constexpr Colour white{240, 240, 244};
constexpr Colour grey{140, 150, 172};

/// Which part of the screen's size one pixel of the big font takes.
std::uint32_t scale_for(const Canvas& canvas, std::int64_t width, std::int64_t height) {
    return static_cast<std::uint32_t>(
        std::max<std::int64_t>(1, std::min(canvas.width() / width, canvas.height() / height)));
}

void draw_centred(Canvas& canvas, std::int64_t y, std::string_view text, const Font& font, const TextStyle& style) {
    std::int64_t characters = 0;
    for (std::string_view rest = text; !rest.empty(); ++characters) take_code_point(rest);
    const std::int64_t width = characters * font.width() * style.scale;
    canvas.draw_text((canvas.width() - width) / 2, y, text, font, style);
}

/// A doorway around the name: two posts, and over them the beam that gave it.
void draw_doorway(Canvas& canvas, std::int64_t top, std::int64_t scale, const Font& font) {
    constexpr std::string_view name = "Lintel";
    const std::int64_t post = 6 * scale;
    const std::int64_t beam = 10 * scale;
    const std::int64_t inside = (static_cast<std::int64_t>(name.size()) * font.width() + 32) * scale;
    const std::int64_t inside_height = (font.height() + 24) * scale;
    const std::int64_t left = (canvas.width() - inside) / 2;
    canvas.fill({left - post - 8 * scale, top, inside + 2 * post + 16 * scale, beam}, stone);
    canvas.fill({left - post, top + beam, post, inside_height}, stone);
    canvas.fill({left + inside, top + beam, post, inside_height}, stone);
    draw_centred(canvas, top + beam + 12 * scale, name, font,
                 {.colour = white, .scale = static_cast<std::uint32_t>(scale)});
}

}  // namespace

void draw_banner() {
    Canvas* const screen = first_canvas();
    const auto title = Font::parse(fonts::title());
    const auto text = Font::parse(fonts::text());
    if (screen == nullptr || !title || !text) return;

    screen->fill({0, 0, screen->width(), screen->height()}, night);
    const std::int64_t scale = scale_for(*screen, 320, 160);
    const std::int64_t top = screen->height() / 2 - 60 * scale;
    draw_doorway(*screen, top, scale, *title);

    const TextStyle small{.colour = grey, .scale = static_cast<std::uint32_t>(std::max<std::int64_t>(1, scale / 2))};
    std::int64_t line = top + 84 * scale;
    TextBuffer<128> words;
    if (const auto* loader = limine::request<limine::BootloaderInfo>.response()) {
        print(words, "booted by {} {}", loader->name, loader->version);
        draw_centred(*screen, line, words.text(), *text, small);
        line += 3 * std::int64_t{text->height()} * small.scale / 2;
        words.clear();
    }
    print(words, "{} × {} pixels", screen->width(), screen->height());
    draw_centred(*screen, line, words.text(), *text, small);
}

}  // namespace lintel
