// The keys that the boot menu, its editor and the kernel's monitor know, and how a serial terminal spells them
// (ECMA-48, xterm and VT100 conventions).
// Invariant: whatever bytes come in, each is taken at once and the decoder finds back to plain text.
#pragma once

#include <cstdint>
#include <optional>

namespace lintel {

enum class Key : std::uint8_t {
    up,
    down,
    left,
    right,
    home,
    end,
    page_up,
    page_down,
    enter,
    escape,
    tab,
    backspace,
    erase,  // "Delete": what is under the cursor
    boot,   // F10, or Ctrl-X where there are no such keys
    text,   // a printable character of ASCII
    other,  // with its byte, where it is one: of a control character, or of what is beyond ASCII
};

/// A key, and the byte that it stands for if it stands for one.
struct KeyPress {
    constexpr KeyPress(Key which) : key(which) {}  // NOLINT(google-explicit-constructor): most are nothing but a key

    /// What a keyboard or a terminal means by one byte.
    static constexpr KeyPress of_byte(char byte);

    Key key;
    char character = '\0';
    friend bool operator==(const KeyPress&, const KeyPress&) = default;
};

constexpr KeyPress KeyPress::of_byte(char byte) {
    constexpr char control_x = 'X' & 0x1f, delete_byte = 0x7f;
    if (byte == '\r' || byte == '\n') return Key::enter;
    if (byte == '\t') return Key::tab;
    if (byte == '\b' || byte == delete_byte) return Key::backspace;
    if (byte == control_x) return Key::boot;
    KeyPress press(byte < ' ' || byte > '~' ? Key::other : Key::text);
    press.character = byte;
    return press;
}

/// Turns a terminal's bytes into keys.
class KeyDecoder {
public:
    /// The key that `byte` completes, if it completes one.
    std::optional<KeyPress> feed(char byte);

    /// To be called when no more bytes have come for a while: an Escape that nothing followed is the Escape key.
    std::optional<KeyPress> idle();

private:
    enum class State : std::uint8_t { plain, escape, sequence, application };

    std::optional<KeyPress> plain(char byte);
    std::optional<KeyPress> sequence(char byte);

    State state_ = State::plain;
    bool after_return_ = false;
    std::uint8_t parameter_ = 0;
};

}  // namespace lintel
