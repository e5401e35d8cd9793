// Time as the kernel counts it.
#include "kernel/time/clock.hpp"

#include <gtest/gtest.h>

#include <random>

namespace lintel {
namespace {

constexpr std::uint64_t frequencies[] = {1'000'000,     3'579'545,     24'000'000,
                                         1'000'000'000, 2'893'202'000, 10'000'000'000};

TEST(Durations, are_what_they_are_called) {
    EXPECT_EQ(Duration::milliseconds(2).in_nanoseconds(), 2'000'000);
    EXPECT_EQ(Duration::seconds(3).in_microseconds(), 3'000'000);
    EXPECT_EQ(Duration::milliseconds(1500).in_seconds(), 1);
    EXPECT_LT(Duration::microseconds(999), Duration::milliseconds(1));
    EXPECT_EQ(Instant(Duration::seconds(2)) - Instant(Duration::seconds(5)), Duration::seconds(-3));
    EXPECT_EQ(Duration::seconds(1) * 3 / 2, Duration::milliseconds(1500));
}

TEST(ClockTime, one_that_was_not_started_stands_still) {
    EXPECT_EQ(Clock().at(~std::uint64_t{0}), Instant());
    EXPECT_FALSE(Clock().runs());
}

TEST(ClockTime, a_second_is_as_many_ticks_as_the_frequency_says) {
    for (std::uint64_t frequency : frequencies) {
        const Clock clock(1000, Instant(), frequency);
        EXPECT_NEAR(static_cast<double>(clock.at(1000 + frequency).since_entry().in_nanoseconds()), 1e9, 2)
            << frequency;
        EXPECT_NEAR(static_cast<double>(clock.ticks(Duration::seconds(1))), static_cast<double>(frequency), 0)
            << frequency;
    }
}

TEST(ClockTime, after_a_century_it_is_still_right) {
    constexpr std::uint64_t century = std::uint64_t{100} * 365 * 86400;
    for (std::uint64_t frequency : {1'000'000UL, 2'893'202'000UL}) {
        const Clock clock(0, Instant(), frequency);
        EXPECT_NEAR(static_cast<double>(clock.at(century * frequency).since_entry().in_seconds()),
                    static_cast<double>(century), 0);
    }
}

TEST(ClockTime, never_goes_back) {
    std::mt19937_64 random(5);
    for (std::uint64_t frequency : frequencies) {
        const Clock clock(random() % 1'000'000, Instant(Duration::seconds(1)), frequency);
        Instant last;
        for (std::uint64_t count = 0; count < 100'000'000'000'000; count += random() % 1'000'000'000'000) {
            EXPECT_LE(last, clock.at(count));
            last = clock.at(count);
        }
    }
}

TEST(ClockTime, a_duration_is_never_too_few_ticks) {
    std::mt19937_64 random(6);
    for (std::uint64_t frequency : frequencies) {
        const Clock clock(0, Instant(), frequency);
        for (int i = 0; i < 1000; ++i) {
            const auto wanted = Duration::nanoseconds(static_cast<std::int64_t>(random() % 100'000'000'000));
            const Instant after = clock.at(clock.ticks(wanted));
            EXPECT_GE(after, Instant(wanted));
            EXPECT_LE(after - Instant(wanted), Duration::microseconds(1)) << "and no more than one too many";
        }
        EXPECT_EQ(clock.ticks(Duration::seconds(-1)), 0U);
    }
}

TEST(ClockTime, a_time_that_never_comes_is_the_last_count) {
    const Clock clock(~std::uint64_t{0} - 10, Instant(), 1'000'000'000);
    EXPECT_EQ(clock.count_at(Instant(Duration::seconds(1))), ~std::uint64_t{0});
    EXPECT_EQ(Clock(5, Instant(), 10'000'000'000).count_at(Instant(Duration::seconds(9'000'000'000))),
              ~std::uint64_t{0});
    EXPECT_EQ(clock.count_at(Instant(Duration::seconds(-1))), ~std::uint64_t{0} - 10);
}

TEST(ClockTime, goes_on_from_what_another_showed) {
    const Clock first(100, Instant(), 1'000'000'000);
    const Clock second(1100, first.at(1100), 2'000'000'000);
    EXPECT_EQ(second.at(1100), first.at(1100));
    EXPECT_EQ((second.at(3100) - first.at(1100)).in_nanoseconds(), 1000);
}

}  // namespace
}  // namespace lintel
