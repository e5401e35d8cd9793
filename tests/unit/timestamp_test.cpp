// The frequency of timestamps, against a model of the processor and the 8254: CPUID and the ports below are the
// machine.
#include <gtest/gtest.h>

#include <map>

#include "arch/arch.hpp"
#include "arch/x86_64/cpuid.hpp"
#include "arch/x86_64/ports.hpp"

namespace lintel::arch {
namespace {

struct Clockwork {
    std::map<std::uint32_t, Cpuid> leaves{};
    std::uint64_t frequency = 2'000'000'000;  // of the timestamps, Hz
    std::uint64_t now = 0;                    // timestamp
    bool timer_present = true;
    bool stuck = false;
    int interrupted_at_start = 0;  // how many of the first countdowns are
    int interrupted_at_end = 0;
    std::uint8_t control = 0;
    unsigned count = 0;
    bool low_byte_next = true;
    std::uint64_t started_at = 0;
    int countdowns = 0;
    int interruptions = 0;
    std::uint64_t accesses = 0;
};

Clockwork machine;

/// The processor stands still, the clocks go on.
void interrupt() {
    constexpr std::uint64_t ticks = 6'000'000;
    machine.now += ticks;
    ++machine.interruptions;
}

class TimestampFrequency : public testing::Test {
protected:
    void SetUp() override { machine = Clockwork{}; }
    static void expect_close(std::optional<std::uint64_t> measured, double wanted) {
        ASSERT_TRUE(measured);
        EXPECT_NEAR(static_cast<double>(*measured), wanted, wanted / 500);
    }
};

TEST_F(TimestampFrequency, comes_from_the_hypervisor_first) {
    machine.leaves = {{1, {.a = 0, .b = 0, .c = 1U << 31, .d = 0}},
                      {0x15, {.a = 2, .b = 200, .c = 24'000'000, .d = 0}},
                      {0x40000000, {.a = 0x40000010, .b = 0, .c = 0, .d = 0}},
                      {0x40000010, {.a = 2'100'000, .b = 0, .c = 0, .d = 0}}};
    EXPECT_EQ(timestamp_frequency(), 2'100'000'000U);
}

TEST_F(TimestampFrequency, does_not_come_from_a_hypervisors_leaf_that_is_not_there) {
    machine.leaves = {{1, {.a = 0, .b = 0, .c = 1U << 31, .d = 0}},
                      {0x40000000, {.a = 0x40000001, .b = 0, .c = 0, .d = 0}},
                      {0x40000010, {.a = 2'100'000, .b = 0, .c = 0, .d = 0}}};
    expect_close(timestamp_frequency(), 2e9);
}

TEST_F(TimestampFrequency, is_a_multiple_of_the_crystals) {
    machine.leaves = {{0x15, {.a = 2, .b = 250, .c = 24'000'000, .d = 0}}};
    EXPECT_EQ(timestamp_frequency(), 3'000'000'000U);
}

TEST_F(TimestampFrequency, is_the_base_frequency_where_the_crystals_is_not_told) {
    machine.leaves = {{0x15, {.a = 2, .b = 250, .c = 0, .d = 0}}, {0x16, {.a = 2600, .b = 0, .c = 0, .d = 0}}};
    EXPECT_EQ(timestamp_frequency(), 2'600'000'000U);
}

TEST_F(TimestampFrequency, is_measured_where_nothing_tells_it) {
    expect_close(timestamp_frequency(), 2e9);
    EXPECT_EQ(machine.control & 3, 0) << "the timer still runs, or is heard";
}

TEST_F(TimestampFrequency, is_measured_right_though_most_measurements_are_interrupted_at_their_end) {
    machine.interrupted_at_end = 5;
    expect_close(timestamp_frequency(), 2e9);
    EXPECT_EQ(machine.interruptions, 5);
}

TEST_F(TimestampFrequency, is_measured_right_though_most_measurements_are_interrupted_at_their_start) {
    machine.interrupted_at_start = 5;
    expect_close(timestamp_frequency(), 2e9);
    EXPECT_EQ(machine.interruptions, 5);
}

TEST_F(TimestampFrequency, stays_unknown_without_a_timer_and_soon) {
    machine.timer_present = false;
    EXPECT_FALSE(timestamp_frequency());
    EXPECT_LT(machine.accesses, 1'000'000U);
}

TEST_F(TimestampFrequency, stays_unknown_where_the_timer_is_never_done) {
    machine.stuck = true;
    EXPECT_FALSE(timestamp_frequency());
    EXPECT_LT(machine.now, machine.frequency / 10);
}

TEST_F(TimestampFrequency, stays_unknown_where_no_clock_moves) {
    machine.frequency = 0;
    EXPECT_FALSE(timestamp_frequency());
    EXPECT_LT(machine.accesses, 3'000'000U);
}

}  // namespace

Cpuid cpuid(std::uint32_t leaf, std::uint32_t) {
    auto found = machine.leaves.find(leaf);
    return found == machine.leaves.end() ? Cpuid{} : found->second;
}

std::uint64_t timestamp() { return machine.now; }

std::uint8_t in8(std::uint16_t port) {
    // Each access takes a microsecond.
    ++machine.accesses;
    machine.now += machine.frequency / 1'000'000;
    if (port != 0x61 || !machine.timer_present) return 0xff;
    bool runs = (machine.control & 1) != 0 && machine.count != 0;
    std::uint64_t wanted = machine.count * machine.frequency / 1'193'182;
    bool soon = runs && machine.now + machine.frequency / 100'000 - machine.started_at >= wanted;
    if (soon && machine.countdowns <= machine.interrupted_at_end && machine.interruptions < machine.countdowns)
        interrupt();
    bool done = runs && !machine.stuck && machine.frequency != 0 && machine.now - machine.started_at >= wanted;
    return static_cast<std::uint8_t>(machine.control | (done ? 0x20 : 0));
}

void out8(std::uint16_t port, std::uint8_t value) {
    if (port == 0x61) {
        bool starts = (value & 1) != 0 && (machine.control & 1) == 0;
        machine.control = value & 3;
        if (!starts) return;
        machine.started_at = machine.now;
        ++machine.countdowns;
        if (machine.countdowns <= machine.interrupted_at_start) interrupt();
    }
    if (port == 0x43) machine.low_byte_next = true;
    if (port == 0x42) {
        machine.count = machine.low_byte_next ? value : machine.count | unsigned{value} << 8;
        machine.low_byte_next = !machine.low_byte_next;
    }
}

}  // namespace lintel::arch
