// Names of files: taking a path apart, and the UTF-16 that FAT and Joliet keep names in.
// Invariant: a name is compared as UTF-8, which is what a configuration is written in.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace lintel::loader {

inline constexpr std::size_t longest_name = 255;  // in the units of the file system

/// Room for a name of that many UTF-16 units.
using Utf8Name = TextBuffer<3 * longest_name>;

/// `path` from its first name on.
inline std::string_view without_slashes(std::string_view path) {
    return path.substr(std::min(path.find_first_not_of('/'), path.size()));
}

/// Takes the first name off `path`, which has one.
inline std::string_view take_name(std::string_view& path) {
    std::size_t end = std::min(path.find('/'), path.size());
    std::string_view name = path.substr(0, end);
    path.remove_prefix(end);
    return name;
}

/// Writes UTF-16; half of a surrogate pair becomes U+FFFD.
template <TextSink Sink>
void write_utf16(Sink& sink, std::span<const char16_t> units) {
    auto is_surrogate = [](char16_t unit, unsigned half) { return (unit & 0xfc00) == half; };
    for (std::size_t i = 0; i < units.size(); ++i) {
        char32_t code_point = units[i];
        if (is_surrogate(units[i], 0xd800) && i + 1 < units.size() && is_surrogate(units[i + 1], 0xdc00)) {
            code_point = 0x10000 + ((units[i] & 0x3ffU) << 10 | (units[i + 1] & 0x3ffU));
            ++i;
        } else if (is_surrogate(units[i], 0xd800) || is_surrogate(units[i], 0xdc00)) {
            code_point = replacement_character;
        }
        write_code_point(sink, code_point);
    }
}

}  // namespace lintel::loader
