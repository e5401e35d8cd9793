// Text as terminals take it, with control characters and sequences (ECMA-48), written into a grid.
// Invariant: any bytes in any pieces are fine: a character or a sequence may be cut anywhere, and what is not
// understood shows nothing. What is not UTF-8 shows as U+FFFD.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "kernel/console/grid.hpp"

namespace lintel {

/// The colours of text, as "select graphic rendition" (ECMA-48, 8.3.117) sets them.
class TextColours {
public:
    static constexpr Colour usual_foreground{208, 212, 222};
    static constexpr Colour usual_background{16, 20, 31};

    /// What a sequence's parameters ask for; what is not known among them is passed over.
    void apply(std::span<const std::uint32_t> parameters);
    [[nodiscard]] CellColours now() const;

private:
    /// Reads "5;N" or "2;R;G;B" behind a 38 or 48; drops what it has read.
    static std::optional<Colour> take_colour(std::span<const std::uint32_t>& rest);
    void apply_one(std::uint32_t parameter);

    Colour foreground_ = usual_foreground;
    Colour background_ = usual_background;
    std::optional<std::uint8_t> dark_{};  // the foreground's number where it is one of the eight that bold makes bright
    bool bold_ = false;
    bool inverse_ = false;
};

/// One of the 256 colours of terminals.
Colour palette_colour(std::uint8_t number);

class TerminalText {
public:
    explicit TerminalText(Grid& grid) : grid_(&grid) {}

    void write(std::string_view text) {
        for (const char c : text) take(static_cast<std::uint8_t>(c));
    }

private:
    enum class State : std::uint8_t { text, escape, skip_one, sequence, string, string_escape };

    void take(std::uint8_t byte);
    void take_text(std::uint8_t byte);
    void take_control(std::uint8_t byte);
    void take_escape(std::uint8_t byte);
    void take_sequence(std::uint8_t byte);
    void obey(std::uint8_t final);
    void move(std::uint8_t final);
    /// A sequence's parameter, `otherwise` where it is left out or 0.
    [[nodiscard]] std::uint32_t parameter(std::size_t number, std::uint32_t otherwise) const;

    Grid* grid_;
    State state_ = State::text;
    TextColours colours_{};
    GridPlace saved_{0, 0};
    // Of an unfinished character: what it is so far, how many bytes are to come, and the least that it must become.
    std::uint32_t character_ = 0;
    unsigned missing_ = 0;
    std::uint32_t least_ = 0;
    // Of an unfinished sequence. A marker is a byte that makes it private ("?").
    std::array<std::uint32_t, 16> parameters_{};
    std::size_t parameter_count_ = 0;
    std::uint8_t marker_ = 0;
};

}  // namespace lintel
