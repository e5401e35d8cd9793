// The boot menu on a framebuffer: a bar with the branding, the entries, a bar under the selected one.
// Invariant: readable from 640x480 up: characters grow in whole steps with the screen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/canvas.hpp"
#include "base/font.hpp"
#include "loader/core/menu_screen.hpp"

namespace lintel::loader {

class CanvasScreen final : public MenuScreen {
public:
    CanvasScreen(Canvas& canvas, const Font& font);

    [[nodiscard]] std::size_t columns() const override;
    [[nodiscard]] std::size_t lines() const override;
    void clear() override;
    void put(std::size_t line, MenuStyle style, std::string_view text) override;

private:
    [[nodiscard]] std::int64_t line_height() const;

    Canvas* canvas_;
    const Font* font_;
    std::int64_t scale_;
};

}  // namespace lintel::loader
