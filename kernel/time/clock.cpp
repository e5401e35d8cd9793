#include "kernel/time/clock.hpp"

#include "base/checked.hpp"
#include "base/result.hpp"

namespace lintel {
namespace {

constexpr std::uint64_t nanoseconds_per_second = 1'000'000'000;
constexpr std::uint64_t never = ~std::uint64_t{0};
// Whole seconds and what is left of one are converted each by itself: so the result is exact, and products fit.
static_assert(Clock::highest_frequency <= ~std::uint64_t{0} / nanoseconds_per_second - 1);

}  // namespace

Clock::Clock(std::uint64_t count, Instant shown, std::uint64_t frequency)
    : count_(count), shown_(shown), frequency_(frequency) {
    ensure(is_plausible(frequency), "a clock's frequency makes no sense");
}

Instant Clock::at(std::uint64_t count) const {
    if (count <= count_ || !runs()) return shown_;
    const std::uint64_t seconds = (count - count_) / frequency_;
    const std::uint64_t rest = (count - count_) % frequency_;
    return shown_ + Duration::seconds(static_cast<std::int64_t>(seconds)) +
           Duration::nanoseconds(static_cast<std::int64_t>(rest * nanoseconds_per_second / frequency_));
}

std::uint64_t Clock::ticks(Duration duration) const {
    if (duration <= Duration()) return 0;
    const auto nanoseconds = static_cast<std::uint64_t>(duration.in_nanoseconds());
    const std::uint64_t rest = nanoseconds % nanoseconds_per_second;
    const auto whole = checked_multiply(nanoseconds / nanoseconds_per_second, frequency_);
    const std::uint64_t more = (rest * frequency_ + nanoseconds_per_second - 1) / nanoseconds_per_second;
    return whole ? checked_add(*whole, more).value_or(never) : never;
}

std::uint64_t Clock::count_at(Instant instant) const {
    const std::uint64_t after = ticks(instant - shown_);
    return checked_add(count_, after).value_or(never);
}

}  // namespace lintel
