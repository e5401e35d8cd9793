// Lengths of time and points in it, as types that do not mix with numbers or with each other.
// Invariant: both are 64 bits of nanoseconds, which last for 292 years.
#pragma once

#include <compare>
#include <cstdint>

namespace lintel {

class Duration {
public:
    constexpr Duration() = default;

    static constexpr Duration nanoseconds(std::int64_t count) { return Duration(count); }
    static constexpr Duration microseconds(std::int64_t count) { return Duration(count * 1'000); }
    static constexpr Duration milliseconds(std::int64_t count) { return Duration(count * 1'000'000); }
    static constexpr Duration seconds(std::int64_t count) { return Duration(count * 1'000'000'000); }

    [[nodiscard]] constexpr std::int64_t in_nanoseconds() const { return nanoseconds_; }
    [[nodiscard]] constexpr std::int64_t in_microseconds() const { return nanoseconds_ / 1'000; }
    [[nodiscard]] constexpr std::int64_t in_milliseconds() const { return nanoseconds_ / 1'000'000; }
    [[nodiscard]] constexpr std::int64_t in_seconds() const { return nanoseconds_ / 1'000'000'000; }

    friend constexpr Duration operator+(Duration left, Duration right) {
        return Duration(left.nanoseconds_ + right.nanoseconds_);
    }
    friend constexpr Duration operator-(Duration left, Duration right) {
        return Duration(left.nanoseconds_ - right.nanoseconds_);
    }
    friend constexpr Duration operator*(Duration duration, std::int64_t factor) {
        return Duration(duration.nanoseconds_ * factor);
    }
    friend constexpr Duration operator/(Duration duration, std::int64_t divisor) {
        return Duration(duration.nanoseconds_ / divisor);
    }
    friend constexpr auto operator<=>(Duration, Duration) = default;

private:
    constexpr explicit Duration(std::int64_t nanoseconds) : nanoseconds_(nanoseconds) {}

    std::int64_t nanoseconds_ = 0;
};

/// A point in time, as the kernel counts it: from its entry on.
class Instant {
public:
    constexpr Instant() = default;
    constexpr explicit Instant(Duration since_entry) : since_entry_(since_entry) {}

    [[nodiscard]] constexpr Duration since_entry() const { return since_entry_; }

    friend constexpr Instant operator+(Instant instant, Duration duration) {
        return Instant(instant.since_entry_ + duration);
    }
    friend constexpr Instant operator-(Instant instant, Duration duration) {
        return Instant(instant.since_entry_ - duration);
    }
    friend constexpr Duration operator-(Instant left, Instant right) { return left.since_entry_ - right.since_entry_; }
    friend constexpr auto operator<=>(Instant, Instant) = default;

private:
    Duration since_entry_{};
};

}  // namespace lintel
