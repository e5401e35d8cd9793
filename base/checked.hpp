// Arithmetic that says when a result does not fit. Sizes and offsets from files go through here.
#pragma once

#include <cstdint>
#include <optional>

#include "base/address.hpp"

namespace lintel {

constexpr std::optional<std::uint64_t> checked_add(std::uint64_t left, std::uint64_t right) {
    std::uint64_t sum = 0;
    if (__builtin_add_overflow(left, right, &sum)) return std::nullopt;
    return sum;
}

constexpr std::optional<std::uint64_t> checked_multiply(std::uint64_t left, std::uint64_t right) {
    std::uint64_t product = 0;
    if (__builtin_mul_overflow(left, right, &product)) return std::nullopt;
    return product;
}

/// Rounds up to a multiple of `alignment`, a power of two; nothing where that does not fit.
constexpr std::optional<std::uint64_t> checked_align_up(std::uint64_t value, std::uint64_t alignment) {
    auto padded = checked_add(value, alignment - 1);
    if (!padded) return std::nullopt;
    return align_down(*padded, alignment);
}

}  // namespace lintel
