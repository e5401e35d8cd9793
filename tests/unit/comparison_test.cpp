// Counters compared with each other.
#include "kernel/time/comparison.hpp"

#include <gtest/gtest.h>

namespace lintel {
namespace {

constexpr CounterFacts acpi_timer{3'579'545, 0xffffff};
constexpr CounterFacts hpet{100'000'000, 0xffffffff};

/// Both counters, `seconds` after they were 0.
Sample after(double seconds, double timestamps, const CounterFacts& reference, std::uint64_t doubt = 100) {
    const auto middle = static_cast<std::uint64_t>(seconds * timestamps);
    const auto counted = static_cast<std::uint64_t>(seconds * static_cast<double>(reference.frequency));
    return {middle - doubt / 2, middle + doubt / 2, counted & reference.mask};
}

TEST(Comparison, tells_the_frequency) {
    for (double frequency : {1e9, 2'595'123'456.0, 5e9}) {
        auto found = compare(after(1, frequency, hpet), after(2, frequency, hpet), hpet, 100'000);
        ASSERT_TRUE(found);
        EXPECT_NEAR(static_cast<double>(*found), frequency, frequency / 1e6);
    }
}

TEST(Comparison, a_counter_that_starts_again_meanwhile_is_right) {
    constexpr double turn = 0x1000000 / 3'579'545.0;
    auto found = compare(after(turn - 0.5, 2e9, acpi_timer), after(turn + 0.5, 2e9, acpi_timer), acpi_timer, 100'000);
    ASSERT_TRUE(found);
    EXPECT_NEAR(static_cast<double>(*found), 2e9, 2e3);
}

TEST(Comparison, what_a_counter_may_have_come_round_in_is_told) {
    EXPECT_FALSE(may_come_round(acpi_timer, Duration::seconds(1)));
    EXPECT_TRUE(may_come_round(acpi_timer, Duration::seconds(5))) << "once, after 4.7 s";
    EXPECT_TRUE(may_come_round(acpi_timer, Duration::seconds(3))) << "our own clock may be wrong by a third";
    EXPECT_FALSE(may_come_round(hpet, Duration::seconds(10)));
    EXPECT_TRUE(may_come_round(hpet, Duration::seconds(100)));
    EXPECT_TRUE(may_come_round(hpet, Duration::seconds(9'000'000'000)));
}

TEST(Comparison, samples_too_close_or_too_doubtful_say_nothing) {
    EXPECT_FALSE(compare(after(1, 1e9, hpet), after(1.000001, 1e9, hpet), hpet, 1000)) << "100 counts";
    EXPECT_FALSE(compare(after(1, 1e9, hpet, 50'000'000), after(1.001, 1e9, hpet), hpet, 1000));
    EXPECT_FALSE(compare(after(1, 1e9, hpet, 50'000), after(2, 1e9, hpet), hpet, 100'000));
    EXPECT_TRUE(compare(after(1, 1e9, hpet, 5'000), after(2, 1e9, hpet), hpet, 100'000));
}

TEST(Comparison, counters_that_stand_still_or_go_back_say_nothing) {
    const Sample first = after(1, 1e9, hpet);
    EXPECT_FALSE(compare(first, first, hpet, 1));
    Sample stuck = after(2, 1e9, hpet);
    stuck.reference = first.reference;
    EXPECT_FALSE(compare(first, stuck, hpet, 1));
    EXPECT_FALSE(compare(after(2, 1e9, hpet), first, hpet, 1));
    EXPECT_FALSE(compare({0, 0, 0}, {~0UL, ~0UL, 1000}, hpet, 1)) << "what does not fit";
}

}  // namespace
}  // namespace lintel
