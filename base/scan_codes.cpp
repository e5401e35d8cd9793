#include "base/scan_codes.hpp"

#include <string_view>

namespace lintel {
namespace {

constexpr std::uint8_t prefix = 0xe0, let_go = 0x80;
constexpr std::uint8_t control = 0x1d, left_shift = 0x2a, right_shift = 0x36, capitals_lock = 0x3a;

// What codes 0 to 0x39 write, without shift and with it; '\0' where that is nothing.
constexpr std::string_view plain{"\0\0001234567890-=\b\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ", 0x3a};
constexpr std::string_view shifted{"\0\0!@#$%^&*()_+\b\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ", 0x3a};
static_assert(plain[0x10] == 'q' && plain[0x1e] == 'a' && plain[0x2c] == 'z' && plain[0x39] == ' ');
static_assert(shifted[0x10] == 'Q' && shifted[0x1e] == 'A' && shifted[0x2c] == 'Z' && shifted[0x39] == ' ');

/// The keys that write nothing; on the numeric block without NumLock they have the same codes as the grey ones.
std::optional<Key> command(std::uint8_t code) {
    switch (code) {
        case 0x01:
            return Key::escape;
        case 0x44:
            return Key::boot;  // F10
        case 0x47:
            return Key::home;
        case 0x48:
            return Key::up;
        case 0x49:
            return Key::page_up;
        case 0x4b:
            return Key::left;
        case 0x4d:
            return Key::right;
        case 0x4f:
            return Key::end;
        case 0x50:
            return Key::down;
        case 0x51:
            return Key::page_down;
        case 0x53:
            return Key::erase;
        default:
            return std::nullopt;
    }
}

/// Bit 0 for the left of two keys, bit 1 for the right one.
void hold(std::uint8_t& held, std::uint8_t bit, bool released) {
    held = static_cast<std::uint8_t>(released ? held & ~bit : held | bit);
}

}  // namespace

std::optional<KeyPress> ScanCodes::feed(std::uint8_t code) {
    if (code == prefix) {
        extended_ = true;
        return std::nullopt;
    }
    bool extended = extended_, released = (code & let_go) != 0;
    extended_ = false;
    code &= static_cast<std::uint8_t>(~let_go);
    if (code == control) {
        hold(controls_, extended ? 2 : 1, released);
        return std::nullopt;
    }
    if (code == left_shift || code == right_shift) {
        // Extended ones only frame the grey keys.
        if (!extended) hold(shifts_, code == left_shift ? 1 : 2, released);
        return std::nullopt;
    }
    if (released) return std::nullopt;
    if (code == capitals_lock) capitals_ = !capitals_;
    if (auto key = command(code)) return *key;
    return character(code);
}

KeyPress ScanCodes::character(std::uint8_t code) const {
    if (code >= plain.size() || plain[code] == '\0') return Key::other;
    char letter = plain[code];
    bool is_letter = letter >= 'a' && letter <= 'z';
    if (controls_ != 0) return is_letter ? KeyPress::of_byte(static_cast<char>(letter & 0x1f)) : Key::other;
    bool upper = (shifts_ != 0) != (capitals_ && is_letter);
    return KeyPress::of_byte(upper ? shifted[code] : letter);
}

}  // namespace lintel
