// The kernel's first measurement, as it stands in the log: "entry tsc N", decimal.
// Invariant: the last such line counts, and only if a number follows.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lintel::runner {

inline std::optional<std::uint64_t> entry_tsc(std::string_view log) {
    constexpr std::string_view mark = "entry tsc ";
    std::size_t at = log.rfind(mark);
    if (at == std::string_view::npos) return std::nullopt;
    std::string_view digits = log.substr(at + mark.size());
    std::uint64_t value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc()) return std::nullopt;
    return value;
}

}  // namespace lintel::runner
