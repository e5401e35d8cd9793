// UTF-8, one code point at a time, decoded from text that may be anything.
// Invariant: every call that decodes consumes at least one byte; what is not valid UTF-8 reads as U+FFFD.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lintel {

inline constexpr char32_t replacement_character = 0xfffd;

/// Takes the first code point off `text`, which must not be empty (RFC 3629, section 3).
constexpr char32_t take_code_point(std::string_view& text) {
    auto byte_at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = byte_at(0);
    std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    char32_t code_point = length == 1 ? lead : lead & (0x7fU >> length);
    bool valid = lead < 0x80 || (lead >= 0xc2 && lead <= 0xf4);
    for (std::size_t i = 1; valid && i < length; ++i) {
        valid = i < text.size() && (byte_at(i) & 0xc0) == 0x80;
        if (valid) code_point = (code_point << 6) | (byte_at(i) & 0x3f);
    }
    valid = valid && code_point >= smallest[length] && code_point <= 0x10ffff &&
            (code_point < 0xd800 || code_point > 0xdfff);
    text.remove_prefix(valid ? length : 1);
    return valid ? code_point : replacement_character;
}

/// Writes a code point that Unicode has, in one to four bytes.
template <class Sink>
void write_code_point(Sink& sink, char32_t code_point) {
    auto byte = [](char32_t bits) { return static_cast<char>(bits); };
    auto tail = [&](int shift) { return byte(0x80 | (code_point >> shift & 0x3f)); };
    const char bytes[4] = {code_point < 0x80      ? byte(code_point)
                           : code_point < 0x800   ? byte(0xc0 | code_point >> 6)
                           : code_point < 0x10000 ? byte(0xe0 | code_point >> 12)
                                                  : byte(0xf0 | code_point >> 18),
                           tail(code_point < 0x800     ? 0
                                : code_point < 0x10000 ? 6
                                                       : 12),
                           tail(code_point < 0x10000 ? 0 : 6), tail(0)};
    sink.write(std::string_view(bytes, code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4));
}

}  // namespace lintel
