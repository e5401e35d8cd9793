// Colour in the output, where a person sees it.
// Invariant: text that goes into a file or a pipe is plain unless the person asked for colour.
#pragma once

#include <string>
#include <string_view>

namespace lintel::runner {

enum class ColourWish { automatic, always, never };

/// What the choice depends on, so that tests can set it.
struct ColourFacts {
    bool terminal = false;   // the output is one
    bool no_colour = false;  // NO_COLOR is set to something (no-color.org)
    bool dumb = false;       // TERM=dumb, or no TERM
};

bool choose_colour(ColourWish wish, const ColourFacts& facts);

/// The facts of this process about a descriptor that it writes to.
ColourFacts colour_facts(int descriptor);

enum class Tone { plain, good, bad, warning, faint, strong };

/// Puts tones around words, or leaves them as they are.
class Palette {
public:
    explicit Palette(bool coloured) : coloured_(coloured) {}
    [[nodiscard]] std::string paint(Tone tone, std::string_view words) const;

private:
    bool coloured_;
};

}  // namespace lintel::runner
