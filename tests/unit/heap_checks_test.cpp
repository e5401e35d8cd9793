// Guarded blocks, over memory of the host's.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "kernel/memory/heap_checks.hpp"

namespace lintel {
namespace {

constexpr VirtAddr maker{0x1000};
constexpr VirtAddr user{0x2000};

class Guarded : public testing::Test {
protected:
    ~Guarded() override {
        for (void* memory : memories_) std::free(memory);
    }

    std::byte* open(std::uint64_t bytes, std::uint64_t alignment = 16, VirtAddr caller = maker) {
        const std::uint64_t padded = *HeapChecks::padded(bytes, alignment);
        memories_.push_back(std::aligned_alloc(alignment, align_up(padded, alignment)));
        return static_cast<std::byte*>(checks_.open(memories_.back(), bytes, alignment, caller));
    }

    /// What releasing the block that is longest in quarantine finds.
    std::optional<HeapReport> release() {
        std::optional<HeapReport> report;
        EXPECT_NE(checks_.release_any(report), nullptr);
        return report;
    }

    HeapChecks checks_;
    std::vector<void*> memories_;
};

TEST_F(Guarded, blocks_used_as_they_should_be_are_never_reported) {
    for (const std::uint64_t alignment : {16U, 32U, 64U, 4096U}) {
        for (const std::uint64_t bytes : {0U, 1U, 15U, 16U, 17U, 1000U}) {
            std::byte* block = open(bytes, alignment);
            EXPECT_TRUE(is_aligned(reinterpret_cast<std::uint64_t>(block), alignment));
            std::memset(block, 1, bytes);
            EXPECT_FALSE(checks_.check());
            EXPECT_FALSE(checks_.close(block, user));
            EXPECT_FALSE(checks_.check());
            EXPECT_FALSE(release());
        }
    }
}

TEST_F(Guarded, a_byte_written_behind_a_block_is_found_when_it_is_freed) {
    for (const std::uint64_t bytes : {0U, 1U, 24U, 100U})
        for (const std::uint64_t behind : {0U, 1U, 15U}) {
            std::byte* block = open(bytes);
            block[bytes + behind] = std::byte{1};
            const auto report = checks_.close(block, user);
            ASSERT_TRUE(report);
            EXPECT_EQ(report->fault, HeapFault::overrun);
            EXPECT_EQ(report->bytes, bytes);
            EXPECT_EQ(report->offset, static_cast<std::int64_t>(bytes + behind));
            EXPECT_EQ(report->allocated_by, maker);
        }
}

TEST_F(Guarded, a_byte_written_before_a_block_is_found_when_it_is_freed) {
    std::byte* block = open(24);
    block[-3] = std::byte{1};
    const auto report = checks_.close(block, user);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->fault, HeapFault::underrun);
    EXPECT_EQ(report->offset, -3);
}

TEST_F(Guarded, a_look_at_all_blocks_finds_what_is_wrong_with_one) {
    open(10);
    std::byte* block = open(24);
    open(10);
    EXPECT_FALSE(checks_.check());
    block[24] = std::byte{1};
    ASSERT_TRUE(checks_.check());
    EXPECT_EQ(checks_.check()->fault, HeapFault::overrun);
}

TEST_F(Guarded, each_byte_written_after_the_end_is_found) {
    for (std::size_t i = 0; i < 41; ++i) {
        std::byte* block = open(41);
        EXPECT_FALSE(checks_.close(block, user));
        block[i] = std::byte{1};
        const auto found = checks_.check();
        ASSERT_TRUE(found) << i;
        const auto report = release();
        ASSERT_TRUE(report) << i;
        EXPECT_EQ(report->fault, HeapFault::use_after_free);
        EXPECT_EQ(report->offset, static_cast<std::int64_t>(i));
        EXPECT_EQ(report->allocated_by, maker);
        EXPECT_EQ(report->freed_by, user);
    }
}

TEST_F(Guarded, a_block_freed_twice_is_found_with_who_freed_it_first) {
    std::byte* block = open(24);
    EXPECT_FALSE(checks_.close(block, user));
    const auto report = checks_.close(block, VirtAddr(0x3000));
    ASSERT_TRUE(report);
    EXPECT_EQ(report->fault, HeapFault::double_free);
    EXPECT_EQ(report->freed_by, user);
}

TEST_F(Guarded, what_is_no_block_is_not_freed) {
    alignas(16) std::array<std::byte, 256> memory{};
    const auto report = checks_.close(&memory[128], user);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->fault, HeapFault::bad_free);
}

TEST_F(Guarded, freed_memory_comes_back_in_the_order_of_freeing_and_only_once_there_is_much) {
    std::vector<std::byte*> blocks;
    for (int i = 0; i < 40; ++i) blocks.push_back(open(10000));
    std::optional<HeapReport> report;
    std::size_t released = 0;
    for (std::byte* block : blocks) {
        EXPECT_FALSE(checks_.close(block, user));
        while (void* memory = checks_.release(report)) EXPECT_EQ(memory, memories_[released++]);
        EXPECT_FALSE(report);
    }
    EXPECT_GT(released, 10U);
    EXPECT_LT(released, 20U);
    while (void* memory = checks_.release_any(report)) EXPECT_EQ(memory, memories_[released++]);
    EXPECT_EQ(released, 40U);
}

TEST_F(Guarded, blocks_in_use_are_listed_by_who_asked_for_them) {
    open(1000);
    const std::uint64_t since = checks_.next_number();
    open(10);
    open(20);
    std::byte* gone = open(30);
    open(40, 16, user);
    EXPECT_FALSE(checks_.close(gone, user));
    std::array<CallSite, 4> sites;
    ASSERT_EQ(checks_.call_sites(since, sites), 2U);
    EXPECT_EQ(sites[0].caller, maker);
    EXPECT_EQ(sites[0].blocks, 2U);
    EXPECT_EQ(sites[0].bytes, 30U);
    EXPECT_EQ(sites[1].caller, user);
    EXPECT_EQ(checks_.call_sites(since, std::span(sites).first(1)), 1U) << "no more than there is room for";
}

TEST_F(Guarded, a_size_that_does_not_fit_a_number_is_refused) {
    EXPECT_FALSE(HeapChecks::padded(~std::uint64_t{0}, 16));
    EXPECT_FALSE(HeapChecks::padded(~std::uint64_t{0} - 90, 16));
}

}  // namespace
}  // namespace lintel
