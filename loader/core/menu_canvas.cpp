// The menu's colours and sizes in pixels.
// Invariant: a line paints the full width of its own strip and no other's.
#include "loader/core/menu_canvas.hpp"

#include <algorithm>

namespace lintel::loader {
namespace {

// At twice this many characters each way, they are drawn twice as large.
constexpr std::int64_t comfortable_columns = 100;
constexpr std::int64_t comfortable_lines = 28;

struct Look {
    Colour text;
    Colour background;
};

constexpr Colour night{16, 20, 28};

Look look_of(MenuStyle style) {
    switch (style) {
        case MenuStyle::title:
            return {{240, 244, 248}, {34, 62, 92}};
        case MenuStyle::selected:
            return {{16, 20, 28}, {236, 196, 108}};
        case MenuStyle::comment:
            return {{150, 190, 220}, night};
        case MenuStyle::help:
            return {{120, 130, 145}, night};
        case MenuStyle::countdown:
            return {{236, 196, 108}, night};
        case MenuStyle::entry:
            break;
    }
    return {{214, 220, 228}, night};
}

}  // namespace

CanvasScreen::CanvasScreen(Canvas& canvas, const Font& font) : canvas_(&canvas), font_(&font) {
    scale_ = std::max<std::int64_t>(1, std::min(canvas.width() / (comfortable_columns * font.width()),
                                                canvas.height() / (comfortable_lines * font.height())));
}

std::size_t CanvasScreen::columns() const {
    return static_cast<std::size_t>(canvas_->width() / (font_->width() * scale_));
}

std::size_t CanvasScreen::lines() const {
    return static_cast<std::size_t>(std::max<std::int64_t>(1, canvas_->height() / line_height()));
}

/// A quarter of a character's height goes between two lines.
std::int64_t CanvasScreen::line_height() const { return font_->height() * scale_ * 5 / 4; }

/// Each line paints all of itself; what is left to do is the strip below the last one. To paint more would flicker.
void CanvasScreen::clear() {
    std::int64_t painted = static_cast<std::int64_t>(lines()) * line_height();
    canvas_->fill({0, painted, canvas_->width(), canvas_->height() - painted}, night);
}

void CanvasScreen::put(std::size_t line, MenuStyle style, std::string_view text) {
    std::int64_t y = static_cast<std::int64_t>(line) * line_height();
    Look look = look_of(style);
    canvas_->fill({0, y, canvas_->width(), line_height()}, look.background);
    canvas_->draw_text(0, y + font_->height() * scale_ / 8, text, *font_,
                       {.colour = look.text, .background = {}, .scale = static_cast<std::uint32_t>(scale_)});
}

}  // namespace lintel::loader
