#include "kernel/screen.hpp"

#include <algorithm>
#include <optional>

#include "base/font.hpp"
#include "base/fonts.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "kernel/log.hpp"
#include "protocol/limine.hpp"

namespace lintel {
namespace {

constexpr Colour night{16, 20, 31};
constexpr Colour stone{214, 158, 82};
constexpr Colour white{240, 240, 244};
constexpr Colour grey{140, 150, 172};
constexpr Colour red{150, 22, 32};

constinit std::optional<Canvas> screen;

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

void open_screen() {
    const auto* response = limine::request<limine::Framebuffers>.response();
    if (response == nullptr || response->view().empty()) {
        log("screen: the loader hands over no framebuffer");
        return;
    }
    const limine::Framebuffer& framebuffer = *response->view().front();
    // Safety: the loader maps the framebuffer that it describes (PROTOCOL.md, "Framebuffer Feature").
    auto canvas = Canvas::create(framebuffer.address, Layout::of(framebuffer));
    if (canvas)
        screen = *canvas;
    else
        log("screen: {}", canvas.error().text);
}

void draw_banner() {
    const auto title = Font::parse(fonts::title());
    const auto text = Font::parse(fonts::text());
    if (!screen || !title || !text) return;

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

Canvas* screen_for_panic() { return screen ? &*screen : nullptr; }

ScreenText::ScreenText(Canvas* canvas) : canvas_(canvas) {
    if (canvas_ != nullptr) scale_ = scale_for(*canvas_, 640, 400);
}

void ScreenText::start_line() {
    canvas_->fill({0, y_, canvas_->width(), 16 * std::int64_t{scale_}}, red);
    line_started_ = true;
}

void ScreenText::write(std::string_view text) {
    const auto font = Font::parse(fonts::text());
    if (canvas_ == nullptr || !font) return;
    const std::int64_t advance = std::int64_t{font->width()} * scale_;
    while (!text.empty()) {
        const char32_t character = take_code_point(text);
        if (!line_started_) start_line();
        if (character == '\n' || x_ + advance > canvas_->width()) {
            x_ = 0;
            y_ += std::int64_t{font->height()} * scale_;
            line_started_ = false;
            if (character == '\n') continue;
            start_line();
        }
        canvas_->draw_glyph(x_, y_, font->glyph(character), {.colour = white, .scale = scale_});
        x_ += advance;
    }
}

}  // namespace lintel
