// A version number in what a program prints when asked for it.
// Invariant: the result has the form digits.digits[.digits...], and is the first of that form on the first line that
// has one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lintel::runner {

inline std::optional<std::string> find_version(std::string_view text) {
    constexpr std::string_view digits = "0123456789";
    for (std::size_t at = 0; (at = text.find_first_of(digits, at)) != std::string_view::npos;) {
        std::size_t end = std::min(text.find_first_not_of("0123456789.", at), text.size());
        std::string_view candidate = text.substr(at, end - at);
        while (candidate.ends_with('.')) candidate.remove_suffix(1);
        if (candidate.contains('.')) return std::string(candidate);
        at = end;
    }
    return std::nullopt;
}

}  // namespace lintel::runner
