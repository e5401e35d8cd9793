// How fast one counter grows, by comparison with another one whose speed is known.
// Invariant: pure; a comparison says what it is worth, since who compares may be interrupted at any point.
#pragma once

#include <cstdint>
#include <optional>

#include "kernel/time/instant.hpp"

namespace lintel {

/// A counter that starts again from 0 after `mask`.
struct CounterFacts {
    std::uint64_t frequency;  // Hz
    std::uint64_t mask;
};

/// Both counters at one time: the reference was read between the two timestamps.
struct Sample {
    std::uint64_t before;
    std::uint64_t after;
    std::uint64_t reference;

    [[nodiscard]] std::uint64_t doubt() const { return after - before; }
};

/// Whether the counter can have come round in `passed`, by a clock that may run too slow by up to a half.
bool may_come_round(const CounterFacts& counter, Duration passed);

/// How fast the timestamps grow, in Hz, by two samples between which the reference did not come round. Nothing where
/// the samples are too close for a part in `precision`.
std::optional<std::uint64_t> compare(const Sample& first, const Sample& second, const CounterFacts& reference,
                                     std::uint64_t precision);

}  // namespace lintel
