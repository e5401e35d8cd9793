// Text as EFI wants it: UTF-16, with a null at its end (UEFI 2.10, 2.3.1).
#pragma once

#include <span>

#include "base/result.hpp"
#include "base/utf8.hpp"

namespace lintel::loader::uefi {

/// Encodes `text`, which is UTF-8, and gives how many units that took, with the null.
inline Result<std::size_t> encode_utf16(std::string_view text, std::span<char16_t> into) {
    std::size_t size = 0;
    for (std::string_view rest = text; !rest.empty();) {
        char32_t code_point = take_code_point(rest);
        // Room for both halves of a pair, and for the null.
        if (into.size() - size < 3) return fail(ErrorCode::unsupported, "this is too long for the firmware", text);
        if (code_point >= 0x10000) into[size++] = static_cast<char16_t>(0xd7c0 + (code_point >> 10));
        into[size++] = static_cast<char16_t>(code_point < 0x10000 ? code_point : 0xdc00 | (code_point & 0x3ff));
    }
    into[size++] = 0;
    return size;
}

}  // namespace lintel::loader::uefi
