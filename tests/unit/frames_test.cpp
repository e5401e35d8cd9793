// The frame allocator over real memory of the host's, laid out as if it were the machine's.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "kernel/memory/frames.hpp"

namespace lintel {
namespace {

constexpr std::uint64_t gib = std::uint64_t{1} << 30;
constexpr std::uint64_t mib = std::uint64_t{1} << 20;

/// Room for 8 GiB of addresses, of which the host gives only what is touched.
class Machine {
public:
    Machine()
        : base_(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;
    ~Machine() { ::munmap(base_, size); }
    [[nodiscard]] DirectMap memory() const { return DirectMap(reinterpret_cast<std::uint64_t>(base_)); }

    FrameAllocator allocator(std::vector<PhysRange> ranges) const {
        auto made = FrameAllocator::create(ranges, memory());
        EXPECT_TRUE(made);
        return *made;
    }

private:
    static constexpr std::uint64_t size = 8 * gib;
    void* base_;
};

PhysRange range(std::uint64_t base, std::uint64_t length) { return {PhysAddr(base), length}; }

TEST(Frames, every_frame_but_those_of_the_books_can_be_had_once) {
    Machine machine;
    auto frames = machine.allocator({range(mib, mib), range(4 * mib, 3 * mib)});
    std::set<std::uint64_t> seen;
    while (auto frame = frames.allocate()) {
        EXPECT_TRUE(is_aligned(frame->value(), page_size));
        const std::uint64_t at = frame->value();
        EXPECT_TRUE((at >= mib && at < 2 * mib) || (at >= 4 * mib && at < 7 * mib)) << std::hex << at;
        EXPECT_TRUE(seen.insert(at).second) << std::hex << at;
    }
    EXPECT_EQ(seen.size(), 1024U - 2);
    EXPECT_EQ(frames.statistics().free_frames, 0U);
}

TEST(Frames, all_that_is_freed_grows_together_again) {
    Machine machine;
    auto frames = machine.allocator({range(0, 64 * mib)});
    const FrameStatistics before = frames.statistics();
    std::vector<PhysAddr> taken;
    while (auto frame = frames.allocate()) taken.push_back(*frame);
    std::ranges::shuffle(taken, std::mt19937(1));
    for (PhysAddr frame : taken) frames.free(frame);
    const FrameStatistics after = frames.statistics();
    EXPECT_EQ(after.free_frames, before.free_frames);
    EXPECT_EQ(after.largest_free, before.largest_free);
    EXPECT_EQ(after.largest_free, 32 * mib / page_size);
}

TEST(Frames, a_block_does_not_grow_beyond_its_range_whatever_lies_behind_the_books) {
    Machine machine;
    // Behind the books, a mark like that of a free frame; the range's last frame is the first of a pair.
    std::memset(machine.memory().pointer<std::byte>(PhysAddr(mib)), 0x80, page_size);
    auto frames = machine.allocator({range(mib, 5 * page_size)});
    std::vector<PhysAddr> taken;
    while (auto frame = frames.allocate()) taken.push_back(*frame);
    ASSERT_EQ(taken.size(), 4U);
    for (PhysAddr frame : taken) frames.free(frame);
    EXPECT_EQ(frames.statistics().free_frames, 4U);
    std::set<std::uint64_t> seen;
    while (auto frame = frames.allocate())
        EXPECT_TRUE(seen.insert(frame->value()).second && *frame < PhysAddr(mib + 5 * page_size));
    EXPECT_EQ(seen.size(), 4U);
}

TEST(Frames, blocks_are_aligned_to_their_size) {
    Machine machine;
    auto frames = machine.allocator({range(3 * page_size, 40 * mib)});
    for (unsigned order = 0; order < 12; ++order) {
        auto block = frames.allocate(order);
        ASSERT_TRUE(block) << order;
        EXPECT_TRUE(is_aligned(block->value(), page_size << order)) << order;
    }
}

TEST(Frames, below_four_gib_is_kept_for_those_who_need_it) {
    Machine machine;
    auto frames = machine.allocator({range(gib, mib), range(4 * gib, mib), range(4 * gib - 16 * page_size, 0)});
    EXPECT_GE(frames.allocate()->value(), 4 * gib);
    EXPECT_LT(frames.allocate(0, Zone::below_4_gib)->value(), 4 * gib);
    while (frames.allocate(0, Zone::below_4_gib)) {
    }
    auto high = frames.allocate();
    ASSERT_TRUE(high);
    EXPECT_GE(high->value(), 4 * gib);
}

TEST(Frames, a_range_across_four_gib_serves_both_zones) {
    Machine machine;
    auto frames = machine.allocator({range(4 * gib - mib, 2 * mib)});
    auto low = frames.allocate(0, Zone::below_4_gib);
    auto high = frames.allocate();
    ASSERT_TRUE(low && high);
    EXPECT_LT(low->value(), 4 * gib);
    EXPECT_GE(high->value(), 4 * gib);
}

TEST(Frames, parts_of_frames_are_left_alone) {
    Machine machine;
    auto frames = machine.allocator({range(page_size + 1, 4 * page_size)});
    unsigned count = 0;
    while (auto frame = frames.allocate()) {
        EXPECT_GE(frame->value(), 2 * page_size);
        EXPECT_LT(frame->value(), 5 * page_size);
        ++count;
    }
    EXPECT_EQ(count, 2U);  // three whole frames, one of them for the books
}

TEST(Frames, memory_that_is_reclaimed_can_be_had) {
    Machine machine;
    auto frames = machine.allocator({range(mib, 2 * page_size)});
    ASSERT_TRUE(frames.allocate());
    EXPECT_FALSE(frames.allocate());
    ASSERT_TRUE(frames.add(range(16 * mib, mib)));
    EXPECT_EQ(frames.allocate(7)->value(), 16 * mib + mib / 2);
    EXPECT_FALSE(frames.allocate(8));
}

TEST(Frames, a_block_too_large_is_refused_and_changes_nothing) {
    Machine machine;
    auto frames = machine.allocator({range(0, 2 * mib)});
    const auto before = frames.statistics();
    EXPECT_FALSE(frames.allocate(9));
    EXPECT_FALSE(frames.allocate(largest_order + 1));
    EXPECT_EQ(frames.statistics().free_frames, before.free_frames);
}

TEST(Frames, no_memory_and_too_many_pieces_are_refused) {
    Machine machine;
    EXPECT_FALSE(FrameAllocator::create({}, machine.memory()));
    std::vector<PhysRange> pieces;
    for (std::uint64_t i = 0; i < 300; ++i) pieces.push_back(range(i * 4 * page_size, 2 * page_size));
    auto refused = FrameAllocator::create(pieces, machine.memory());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().text, "the memory lies in too many pieces");
}

using FramesDeathTest = testing::Test;

TEST(FramesDeathTest, freeing_twice_or_what_is_not_ours_panics) {
    Machine machine;
    auto frames = machine.allocator({range(mib, 4 * mib)});
    const PhysAddr one = *frames.allocate();
    const PhysAddr block = *frames.allocate(3);
    frames.free(one);
    EXPECT_DEATH(frames.free(one), "freed twice");
    frames.free(block, 3);
    EXPECT_DEATH(frames.free(block + page_size, 0), "freed twice") << "within a free block";
    EXPECT_DEATH(frames.free(PhysAddr(16 * mib)), "never the frame allocator's");
    EXPECT_DEATH(frames.free(PhysAddr(mib)), "never the frame allocator's") << "the books";
    EXPECT_DEATH(frames.free(one + 1), "never the frame allocator's");
}

TEST(FramesDeathTest, freeing_with_another_order_panics) {
    Machine machine;
    auto frames = machine.allocator({range(mib, 4 * mib)});
    const PhysAddr block = *frames.allocate(3);
    EXPECT_DEATH(frames.free(block, 2), "a block that it is not");
    EXPECT_DEATH(frames.free(block, 4), "a block that it is not");
    EXPECT_DEATH(frames.free(block + page_size, 0), "a block that it is not");
}

TEST(Frames, the_order_of_a_block_is_known_while_it_is_handed_out) {
    Machine machine;
    auto frames = machine.allocator({range(mib, 4 * mib)});
    for (unsigned order = 0; order < 8; ++order) {
        const PhysAddr block = *frames.allocate(order);
        EXPECT_EQ(frames.order_of(block), order);
        if (order > 0) EXPECT_FALSE(frames.order_of(block + page_size));
        EXPECT_FALSE(frames.order_of(block + 8));
        frames.free(block, order);
        EXPECT_FALSE(frames.order_of(block));
    }
    EXPECT_FALSE(frames.order_of(PhysAddr(64 * mib)));
}

TEST(Frames, a_hundred_thousand_random_steps_never_hand_out_the_same_frame_twice) {
    Machine machine;
    auto frames = machine.allocator(
        {range(7 * page_size, 20 * mib), range(64 * mib, 11 * mib + page_size), range(4 * gib - 5 * mib, 9 * mib)});
    const auto before = frames.statistics();
    std::mt19937 random(42);
    std::map<std::uint64_t, unsigned> held;  // first frame -> order
    std::uint64_t held_frames = 0;
    for (int step = 0; step < 100'000; ++step) {
        if (random() % 2 == 0) {
            const unsigned order = random() % 8 == 0 ? random() % 10 : random() % 3;
            auto block = frames.allocate(order, random() % 4 == 0 ? Zone::below_4_gib : Zone::anywhere);
            if (!block) continue;
            const std::uint64_t first = block->value() / page_size;
            auto next = held.lower_bound(first);
            if (next != held.end()) ASSERT_GE(next->first, first + (1U << order));
            if (next != held.begin()) {
                --next;
                ASSERT_LE(next->first + (1U << next->second), first);
            }
            held[first] = order;
            held_frames += 1U << order;
        } else if (!held.empty()) {
            auto victim = held.lower_bound(random() % (5 * gib / page_size));
            if (victim == held.end()) victim = held.begin();
            frames.free(PhysAddr(victim->first * page_size), victim->second);
            held_frames -= 1U << victim->second;
            held.erase(victim);
        }
        ASSERT_EQ(frames.statistics().free_frames + held_frames, before.free_frames);
    }
    for (auto [first, order] : held) frames.free(PhysAddr(first * page_size), order);
    EXPECT_EQ(frames.statistics().largest_free, before.largest_free);
    EXPECT_EQ(frames.statistics().free_frames, before.free_frames);
}

}  // namespace
}  // namespace lintel
