// The first framebuffer that the loader handed over, and what the kernel draws there.
// Invariant: without a framebuffer, or with one that makes no sense, drawing does nothing.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/canvas.hpp"

namespace lintel {

/// Takes the framebuffer over. Logs why where there is none that can be used.
void open_screen();

/// Fills the screen with the kernel's name, and below it who booted it and what it runs on.
void draw_banner();

/// Lines of text on a screen, wrapped at its right edge; what does not fit is dropped.
class ScreenText {
public:
    /// On `canvas`, from its top; nowhere where that is null.
    explicit ScreenText(Canvas* canvas);
    void write(std::string_view text);

private:
    void start_line();

    Canvas* canvas_;
    std::uint32_t scale_ = 1;
    std::int64_t x_ = 0;
    std::int64_t y_ = 0;
    bool line_started_ = false;
};

/// The screen, for panic(): null while there is none.
Canvas* screen_for_panic();

}  // namespace lintel
