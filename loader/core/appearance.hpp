// How the menu is wished to look (CONFIG.md, "Limine interface control options" and "Limine graphical terminal control
// options"). What is not set is for the menu to choose.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/canvas.hpp"
#include "loader/core/firmware.hpp"

namespace lintel::loader {

/// The terminal's colours in the order in which term_palette lists them.
enum class PaletteColour : std::uint8_t { black, red, green, brown, blue, magenta, cyan, gray };

/// Eight colours, or none.
using Palette = std::optional<std::array<Colour, 8>>;

struct Appearance {
    std::string_view branding = "Lintel";
    bool help_hidden = false;
    std::optional<Resolution> resolution{};
    std::optional<Colour> branding_colour{};
    std::optional<Colour> help_colour{};
    std::optional<Colour> help_colour_bright{};
    std::optional<Colour> background{};
    std::optional<Colour> foreground{};
    std::optional<Colour> background_bright{};
    std::optional<Colour> foreground_bright{};
    Palette palette{};
    Palette palette_bright{};
    std::optional<GlyphScale> font_scale{};
    std::uint32_t margin = 0;  // pixels
};

}  // namespace lintel::loader
