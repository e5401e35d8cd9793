// See the header. The sequences are those of ECMA-48, 8.3.117 (SGR), in the eight colours that every terminal has.
#include "runner/host/colour.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "runner/host/files.hpp"

namespace lintel::runner {

bool choose_colour(ColourWish wish, const ColourFacts& facts) {
    if (wish != ColourWish::automatic) return wish == ColourWish::always;
    return facts.terminal && !facts.no_colour && !facts.dumb;
}

ColourFacts colour_facts(int descriptor) {
    return {.terminal = ::isatty(descriptor) == 1,
            .no_colour = environment("NO_COLOR").has_value(),
            .dumb = environment("TERM").value_or("dumb") == "dumb"};
}

std::string Palette::paint(Tone tone, std::string_view words) const {
    constexpr std::string_view codes[] = {"", "32", "31", "33", "2", "1"};
    if (!coloured_ || tone == Tone::plain) return std::string(words);
    return fmt::format("\x1b[{}m{}\x1b[0m", codes[static_cast<std::size_t>(tone)], words);
}

}  // namespace lintel::runner
