// The boot menu on a framebuffer: a bar with the branding, the entries, a bar under the selected one.
// Invariant: readable from 640x480 up: characters grow in whole steps with the screen, unless a size is asked for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/canvas.hpp"
#include "base/font.hpp"
#include "loader/core/menu_screen.hpp"

namespace lintel::loader {

class CanvasScreen final : public MenuScreen {
public:
    CanvasScreen(Canvas& canvas, const Font& font, const Appearance& appearance);

    [[nodiscard]] std::size_t columns() const override;
    [[nodiscard]] std::size_t lines() const override;
    void clear() override;
    void put(std::size_t line, MenuStyle style, std::string_view text) override;
    void put_at(std::size_t line, std::size_t column, MenuStyle style, std::string_view text) override;

private:
    struct Look {
        Colour text;
        Colour background;
    };
    using Looks = std::array<Look, menu_style_count>;
    static Looks looks_of(const Appearance& appearance);
    [[nodiscard]] const Look& look_of(MenuStyle style) const { return looks_[static_cast<std::size_t>(style)]; }
    void paint(std::size_t line, std::size_t column, std::int64_t width, MenuStyle style);
    void write(std::size_t line, std::size_t column, MenuStyle style, std::string_view text);
    [[nodiscard]] std::int64_t left_of(std::size_t column) const;
    [[nodiscard]] std::int64_t top_of(std::size_t line) const;
    [[nodiscard]] std::int64_t cell_width() const;
    [[nodiscard]] std::int64_t line_height() const;
    [[nodiscard]] std::int64_t inner_width() const { return canvas_->width() - 2 * margin_; }
    [[nodiscard]] std::int64_t inner_height() const { return canvas_->height() - 2 * margin_; }

    Canvas* canvas_;
    const Font* font_;
    Looks looks_;
    GlyphScale scale_{};
    std::int64_t margin_;
};

}  // namespace lintel::loader
