// What an executable learns about its processor.
// Invariant: the fake processor's clock moves on by 1 ms, a thousand ticks, whenever it is looked at.
#include "loader/core/processor_responses.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "boot_fixture.hpp"

namespace lintel::loader {
namespace {

TEST_F(Boot, the_timestamps_frequency_is_told) {
    processor.frequency = 2'400'000'000;
    ask(limine::TscFrequency::id);
    boot_or_fail();
    auto* answer = response<limine::TscFrequencyResponse>(limine::TscFrequency::id);
    ASSERT_NE(answer, nullptr);
    EXPECT_EQ(answer->frequency, 2'400'000'000U);
}

TEST_F(Boot, performance_is_told_in_microseconds) {
    ask(limine::BootloaderPerformance::id);
    plan.started = 7'500'000;
    processor.frequency = 3'000'000;
    processor.time = 8'999'000;
    boot_or_fail();
    auto* answer = response<limine::BootloaderPerformanceResponse>(limine::BootloaderPerformance::id);
    ASSERT_NE(answer, nullptr);
    EXPECT_EQ(answer->reset_usec, 0U);
    EXPECT_EQ(answer->init_usec, 2'500'000U);
    EXPECT_EQ(answer->exec_usec, 3'000'000U);
}

TEST_F(Boot, an_unknown_frequency_leaves_both_unanswered) {
    processor.frequency.reset();
    ask(limine::TscFrequency::id);
    ask(limine::BootloaderPerformance::id);
    boot_or_fail();
    EXPECT_EQ(response<limine::TscFrequencyResponse>(limine::TscFrequency::id), nullptr);
    EXPECT_EQ(response<limine::BootloaderPerformanceResponse>(limine::BootloaderPerformance::id), nullptr);
}

TEST_F(Boot, the_clock_is_left_alone_unless_it_is_asked_for) {
    ask(limine::Hhdm::id);
    boot_or_fail();
    EXPECT_EQ(processor.calibrations, 0);
}

TEST_F(Boot, as_many_random_numbers_as_wanted_come_from_the_processor) {
    processor.random = 100;
    ask(entropy_id, {3});
    ask(limine::MemoryMap::id);
    boot_or_fail();
    auto* answer = response<limine::EntropyResponse>(entropy_id);
    ASSERT_NE(answer, nullptr);
    ASSERT_EQ(answer->value_count, 3U);
    for (std::uint64_t i = 0; i < 3; ++i) EXPECT_EQ(object(answer->values + i), 100 + i);
    auto address = reinterpret_cast<std::uint64_t>(answer->values);
    EXPECT_EQ(type_at(address - hhdm_offset), limine::MemoryType::bootloader_reclaimable);
}

TEST_F(Boot, wanting_no_random_numbers_gets_none) {
    ask(entropy_id, {0});
    boot_or_fail();
    auto* answer = response<limine::EntropyResponse>(entropy_id);
    ASSERT_NE(answer, nullptr);
    EXPECT_EQ(answer->value_count, 0U);
    EXPECT_EQ(answer->values, nullptr);
}

TEST_F(Boot, random_numbers_have_a_limit) {
    ask(entropy_id, {~std::uint64_t{0}});
    boot_or_fail();
    EXPECT_EQ(response<limine::EntropyResponse>(entropy_id)->value_count, most_random_values);
}

TEST_F(Boot, iommus_are_kept_where_that_is_asked_for) {
    ask(limine::KeepIommu::id);
    auto result = boot();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->iommus, Iommus::keep);
    hand_over = result->hand_over;
    EXPECT_NE(response<limine::KeepIommuResponse>(limine::KeepIommu::id), nullptr);
}

TEST_F(Boot, iommus_are_disabled_otherwise) {
    auto result = boot();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->iommus, Iommus::disable);
}

TEST_F(Boot, base_revision_4_leaves_nmi_and_extint_entries_of_io_apics_alone) {
    data[2] = 4;
    boot_or_fail();
    EXPECT_EQ(prepared->silence, arch::Silence::fixed);
}

TEST_F(Boot, base_revision_5_silences_nmi_and_extint_entries_of_io_apics) {
    data[2] = 5;
    boot_or_fail();
    EXPECT_EQ(prepared->silence, arch::Silence::fixed_nmi_and_extint);
}

TEST_F(Boot, what_this_loader_does_not_have_is_not_answered) {
    for (auto feature : {limine::DeviceTree::id, limine::Flanterm::id, limine::TpmEventLog::id}) ask(feature);
    boot_or_fail();
    for (auto feature : {limine::DeviceTree::id, limine::Flanterm::id, limine::TpmEventLog::id})
        EXPECT_EQ(response<limine::DeviceTreeResponse>(feature), nullptr);
}

TEST_F(Boot, random_numbers_come_from_the_firmware_where_the_processor_has_none) {
    firmware.random_numbers = 500;
    ask(entropy_id, {3});
    ask(limine::MemoryMap::id);
    boot_or_fail();
    auto* answer = response<limine::EntropyResponse>(entropy_id);
    ASSERT_NE(answer, nullptr);
    for (std::uint64_t i = 0; i < 3; ++i) EXPECT_EQ(object(answer->values + i), 500 + i);
}

TEST(Random, without_a_generator_in_the_processor_values_do_not_repeat) {
    FakeProcessor processor;
    Random random(processor);
    std::set<std::uint64_t> values;
    for (int i = 0; i < 10000; ++i) values.insert(random.next());
    EXPECT_EQ(values.size(), 10000U);
}

TEST(Random, another_time_gives_other_values) {
    FakeProcessor one, other;
    other.time = 1;
    EXPECT_NE(Random(one).next(), Random(other).next());
}

TEST(Random, each_bit_of_the_values_is_set_about_half_the_time) {
    FakeProcessor processor;
    Random random(processor);
    std::vector<int> ones(64);
    for (int i = 0; i < 4000; ++i) {
        std::uint64_t value = random.next();
        for (std::size_t bit = 0; bit < 64; ++bit) ones[bit] += static_cast<int>(value >> bit & 1);
    }
    // Six standard deviations around 2000.
    for (int count : ones) EXPECT_NEAR(count, 2000, 190);
}

}  // namespace
}  // namespace lintel::loader
