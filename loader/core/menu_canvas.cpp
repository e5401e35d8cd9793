// The menu's colours and sizes in pixels.
// Invariant: a line paints the full width of its own strip and no other's.
#include "loader/core/menu_canvas.hpp"

#include <algorithm>
#include <utility>

#include "base/utf8.hpp"

namespace lintel::loader {
namespace {

// At twice this many characters each way, they are drawn twice as large.
constexpr std::int64_t comfortable_columns = 100;
constexpr std::int64_t comfortable_lines = 28;

constexpr Colour night{16, 20, 28}, moon{214, 220, 228}, beam{34, 62, 92}, brass{236, 196, 108};
constexpr Colour white{240, 244, 248}, sky{150, 190, 220}, stone{120, 130, 145}, rust{240, 120, 100};

/// "interface_help_colour_bright": what it is where only interface_help_colour is set.
Colour brightened(Colour colour) {
    auto more = [](std::uint8_t channel) { return static_cast<std::uint8_t>(std::min(channel + 0x55, 0xff)); };
    return {more(colour.red), more(colour.green), more(colour.blue)};
}

std::optional<Colour> of(const Palette& palette, PaletteColour colour) {
    if (!palette) return std::nullopt;
    return (*palette)[std::to_underlying(colour)];
}

}  // namespace

CanvasScreen::Looks CanvasScreen::looks_of(const Appearance& wish) {
    using enum MenuStyle;
    Colour background = wish.background.value_or(night), text = wish.foreground.value_or(moon);
    Colour help_text = wish.help_colour.value_or(of(wish.palette_bright, PaletteColour::black).value_or(stone));
    Colour bar = wish.foreground_bright.value_or(wish.foreground.value_or(brass));
    Colour countdown_text = wish.help_colour ? brightened(*wish.help_colour) : bar;
    Colour accent = of(wish.palette, PaletteColour::cyan).value_or(sky);
    Looks looks;
    looks.fill({text, background});
    auto set = [&](MenuStyle style, Look look) { looks[std::to_underlying(style)] = look; };
    set(title, {wish.branding_colour.value_or(white), wish.background_bright.value_or(wish.background.value_or(beam))});
    set(selected, {background, bar});
    set(cursor, {background, bar});
    set(comment, {accent, background});
    set(name, {accent, background});
    set(help, {help_text, background});
    set(countdown, {wish.help_colour_bright.value_or(countdown_text), background});
    set(wrong, {of(wish.palette_bright, PaletteColour::red).value_or(rust), background});
    return looks;
}

CanvasScreen::CanvasScreen(Canvas& canvas, const Font& font, const Appearance& appearance)
    : canvas_(&canvas), font_(&font), looks_(looks_of(appearance)) {
    // However wide the margin is to be, half of the screen stays.
    margin_ = std::min<std::int64_t>(appearance.margin, std::min(canvas.width(), canvas.height()) / 4);
    auto fitting = static_cast<std::uint32_t>(
        std::max<std::int64_t>(1, std::min(inner_width() / (comfortable_columns * font.width()),
                                           inner_height() / (comfortable_lines * font.height()))));
    scale_ = appearance.font_scale.value_or(GlyphScale{fitting, fitting});
}

std::size_t CanvasScreen::columns() const { return static_cast<std::size_t>(inner_width() / cell_width()); }

std::size_t CanvasScreen::lines() const {
    return static_cast<std::size_t>(std::max<std::int64_t>(1, inner_height() / line_height()));
}

std::int64_t CanvasScreen::cell_width() const { return std::int64_t{font_->width()} * scale_.x; }

/// A quarter of a character's height goes between two lines.
std::int64_t CanvasScreen::line_height() const { return std::int64_t{font_->height()} * scale_.y * 5 / 4; }

/// Each line paints all of itself; what is left to do is the frame around them. To paint more would flicker.
void CanvasScreen::clear() {
    Colour background = look_of(MenuStyle::entry).background;
    std::int64_t painted = top_of(lines());
    canvas_->fill({0, 0, canvas_->width(), margin_}, background);
    canvas_->fill({0, painted, canvas_->width(), canvas_->height() - painted}, background);
    canvas_->fill({0, 0, margin_, canvas_->height()}, background);
    canvas_->fill({canvas_->width() - margin_, 0, margin_, canvas_->height()}, background);
}

void CanvasScreen::put(std::size_t line, MenuStyle style, std::string_view text) {
    paint(line, 0, inner_width(), style);
    write(line, 0, style, text);
}

void CanvasScreen::put_at(std::size_t line, std::size_t column, MenuStyle style, std::string_view text) {
    std::int64_t characters = 0;
    for (std::string_view rest = text; !rest.empty(); ++characters) take_code_point(rest);
    paint(line, column, characters * cell_width(), style);
    write(line, column, style, text);
}

std::int64_t CanvasScreen::left_of(std::size_t column) const {
    return margin_ + static_cast<std::int64_t>(column) * cell_width();
}

std::int64_t CanvasScreen::top_of(std::size_t line) const {
    return margin_ + static_cast<std::int64_t>(line) * line_height();
}

void CanvasScreen::paint(std::size_t line, std::size_t column, std::int64_t width, MenuStyle style) {
    canvas_->fill({left_of(column), top_of(line), width, line_height()}, look_of(style).background);
}

void CanvasScreen::write(std::size_t line, std::size_t column, MenuStyle style, std::string_view text) {
    std::int64_t space = line_height() - std::int64_t{font_->height()} * scale_.y;
    canvas_->draw_text(left_of(column), top_of(line) + space / 2, text, *font_,
                       {.colour = look_of(style).text, .scale = scale_.x, .scale_down = scale_.y});
}

}  // namespace lintel::loader
