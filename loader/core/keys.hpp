// The keys that the boot menu knows, and how a serial terminal spells them (ECMA-48, xterm and VT100 conventions).
// Invariant: whatever bytes come in, each is taken at once and the decoder finds back to plain text.
#pragma once

#include <cstdint>
#include <optional>

namespace lintel::loader {

enum class Key : std::uint8_t { up, down, left, right, home, end, enter, escape, other };

/// Turns a terminal's bytes into keys.
class KeyDecoder {
public:
    /// The key that `byte` completes, if it completes one.
    std::optional<Key> feed(char byte);

    /// To be called when no more bytes have come for a while: an Escape that nothing followed is the Escape key.
    std::optional<Key> idle();

private:
    enum class State : std::uint8_t { plain, escape, sequence, application };

    std::optional<Key> plain(char byte);
    std::optional<Key> sequence(char byte);

    State state_ = State::plain;
    bool after_return_ = false;
    std::uint8_t parameter_ = 0;
};

}  // namespace lintel::loader
