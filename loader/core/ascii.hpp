// The little that names and numbers in configurations, paths and file systems need: ASCII case and decimals.
// Invariant: only ASCII letters have case here; other bytes compare as they are.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace lintel::loader {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr bool is_hexadecimal(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

constexpr char to_lowercase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr bool equal_ignoring_case(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, {}, to_lowercase, to_lowercase);
}

/// The number that all of `text` spells; nothing where it spells none or one that does not fit.
inline std::optional<std::uint32_t> parse_decimal(std::string_view text) {
    std::uint32_t number = 0;
    const char* begin = text.data();
    const char* end = begin + text.size();
    auto [stop, error] = std::from_chars(begin, end, number);
    if (error != std::errc() || stop != end) return std::nullopt;
    return number;
}

}  // namespace lintel::loader
