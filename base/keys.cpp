// The decoder's states: plain text, behind an Escape, and within a control sequence.
// Invariant: no state is left but by the next byte or by idle().
#include "base/keys.hpp"

namespace lintel {
namespace {

constexpr char escape_byte = '\x1b';

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The key of `ESC [ <final>` and `ESC O <final>`.
Key key_of_final(char final) {
    switch (final) {
        case 'A':
            return Key::up;
        case 'B':
            return Key::down;
        case 'C':
            return Key::right;
        case 'D':
            return Key::left;
        case 'H':
            return Key::home;
        case 'F':
            return Key::end;
        case 'M':
            return Key::enter;  // of the keypad
        default:
            return Key::other;
    }
}

/// The key of `ESC [ <parameter> ~`.
Key key_of_parameter(std::uint8_t parameter) {
    switch (parameter) {
        case 1:
        case 7:
            return Key::home;
        case 3:
            return Key::erase;
        case 4:
        case 8:
            return Key::end;
        case 5:
            return Key::page_up;
        case 6:
            return Key::page_down;
        case 21:
            return Key::boot;  // F10
        default:
            return Key::other;
    }
}

}  // namespace

std::optional<KeyPress> KeyDecoder::feed(char byte) {
    switch (state_) {
        case State::plain:
            return plain(byte);
        case State::escape:
            // Two in a row: the first stands alone, the second may start a sequence.
            if (byte == escape_byte) return Key::escape;
            parameter_ = 0;
            state_ = byte == '[' ? State::sequence : byte == 'O' ? State::application : State::plain;
            return state_ == State::plain ? std::optional<KeyPress>(Key::other) : std::nullopt;
        case State::sequence:
        case State::application:
            return sequence(byte);
    }
    return std::nullopt;
}

std::optional<KeyPress> KeyDecoder::idle() {
    State was = state_;
    state_ = State::plain;
    if (was == State::plain) return std::nullopt;
    return was == State::escape ? Key::escape : Key::other;
}

std::optional<KeyPress> KeyDecoder::plain(char byte) {
    bool second_half = after_return_ && byte == '\n';
    after_return_ = byte == '\r';
    if (byte == escape_byte) {
        state_ = State::escape;
        return std::nullopt;
    }
    // A zero byte is what an unconnected line sends.
    if (second_half || byte == '\0') return std::nullopt;
    return KeyPress::of_byte(byte);
}

/// ECMA-48, 5.4: parameters, then one final byte from '@' on.
std::optional<KeyPress> KeyDecoder::sequence(char byte) {
    if (byte == escape_byte) {
        state_ = State::escape;
        return Key::other;
    }
    if (state_ == State::sequence && is_digit(byte)) {
        // Too long a number wraps, and then means a key that was not pressed at worst.
        parameter_ = static_cast<std::uint8_t>(parameter_ * 10 + (byte - '0'));
        return std::nullopt;
    }
    if (state_ == State::sequence && byte >= ' ' && byte < '@') return std::nullopt;
    state_ = State::plain;
    return byte == '~' ? key_of_parameter(parameter_) : key_of_final(byte);
}

}  // namespace lintel
