// The kernel's measurements of its boot, as they stand in the log: "entry tsc N" first of all, "ready tsc N" at its
// end. Invariant: the last such line counts, and only if a whole number follows: a log that is still being written can
// end in the middle of one.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lintel::runner {

/// The number behind the last `mark` in the log.
inline std::optional<std::uint64_t> number_behind(std::string_view mark, std::string_view log) {
    std::size_t at = log.rfind(mark);
    if (at == std::string_view::npos) return std::nullopt;
    std::string_view digits = log.substr(at + mark.size());
    std::uint64_t value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end == digits.data() + digits.size()) return std::nullopt;
    return value;
}

inline std::optional<std::uint64_t> entry_tsc(std::string_view log) { return number_behind("entry tsc ", log); }

}  // namespace lintel::runner
