// How a counter that grows steadily becomes time, and back.
// Invariant: pure; what a clock shows never goes back as long as its counter does not.
#pragma once

#include <cstdint>

#include "kernel/time/instant.hpp"

namespace lintel {

class Clock {
public:
    /// Slower and faster counters are none: what says so is broken.
    static constexpr std::uint64_t lowest_frequency = 1'000'000;  // Hz
    static constexpr std::uint64_t highest_frequency = 10'000'000'000;

    static constexpr bool is_plausible(std::uint64_t frequency) {
        return frequency >= lowest_frequency && frequency <= highest_frequency;
    }

    /// One that stands still.
    constexpr Clock() = default;

    /// One that shows `shown` when the counter is at `count`, and whose counter grows by `frequency` a second, which is
    /// plausible.
    Clock(std::uint64_t count, Instant shown, std::uint64_t frequency);

    /// The time when the counter is at `count`; what it showed first where that is earlier.
    [[nodiscard]] Instant at(std::uint64_t count) const;

    /// By how much the counter grows in `duration`, at least; 0 where that is negative.
    [[nodiscard]] std::uint64_t ticks(Duration duration) const;

    /// The first count at which the clock shows `instant`, or the last count of all.
    [[nodiscard]] std::uint64_t count_at(Instant instant) const;

    [[nodiscard]] bool runs() const { return frequency_ != 0; }
    [[nodiscard]] std::uint64_t frequency() const { return frequency_; }

private:
    std::uint64_t count_ = 0;
    Instant shown_{};
    std::uint64_t frequency_ = 0;
};

}  // namespace lintel
