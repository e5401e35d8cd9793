// UTF-8, decoded one code point at a time from text that may be anything.
// Invariant: every call consumes at least one byte; what is not valid UTF-8 reads as U+FFFD.
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

}  // namespace lintel
