// Slabs over memory of the host's.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "kernel/memory/slabs.hpp"

namespace lintel {
namespace {

/// So many slabs and no more.
class HostBlocks final : public BlockSource {
public:
    explicit HostBlocks(std::size_t most = 1000) : left_(most) {}
    void* take(unsigned order) override {
        if (left_ == 0) return nullptr;
        --left_;
        ++out_;
        return std::aligned_alloc(page_size << order, page_size << order);
    }
    void give(void* block, unsigned order) override {
        EXPECT_EQ(order, slab_order);
        ++left_;
        --out_;
        std::free(block);
    }
    [[nodiscard]] std::size_t out() const { return out_; }

private:
    std::size_t left_;
    std::size_t out_ = 0;
};

std::byte* at(void* block, std::uint64_t offset) { return static_cast<std::byte*>(block) + offset; }

TEST(Slabs, the_smallest_class_that_fits_is_chosen) {
    EXPECT_EQ(size_class_for(0, 1), 0U);
    for (std::uint64_t bytes = 1; bytes <= slab_sizes.back(); ++bytes) {
        const auto number = size_class_for(bytes, 16);
        ASSERT_TRUE(number) << bytes;
        EXPECT_GE(slab_sizes[*number], bytes);
        if (*number > 0) EXPECT_LT(slab_sizes[*number - 1], bytes);
    }
    EXPECT_FALSE(size_class_for(slab_sizes.back() + 1, 1));
    EXPECT_FALSE(size_class_for(~std::uint64_t{0}, 1));
    EXPECT_FALSE(size_class_for(1, 2 * page_size));
}

TEST(Slabs, blocks_of_a_class_are_as_aligned_as_was_asked) {
    for (std::uint64_t alignment = 1; alignment <= page_size; alignment *= 2)
        for (std::uint64_t bytes = 0; bytes <= page_size; bytes += 24) {
            const auto number = size_class_for(bytes, alignment);
            ASSERT_TRUE(number) << bytes << " at " << alignment;
            HostBlocks source;
            SizeClass blocks(*number);
            std::vector<void*> all;
            for (int i = 0; i < 3; ++i) all.push_back(blocks.allocate(source));
            for (void* block : all) EXPECT_TRUE(is_aligned(reinterpret_cast<std::uint64_t>(block), alignment));
            for (void* block : all) EXPECT_FALSE(blocks.free(block, source));
            std::free(reinterpret_cast<void*>(align_down(reinterpret_cast<std::uint64_t>(all[0]), slab_bytes)));
        }
}

class Classes : public testing::TestWithParam<unsigned> {
protected:
    /// What the class keeps for itself at the end.
    static void drop_last_slab(void* block) {
        std::free(reinterpret_cast<void*>(align_down(reinterpret_cast<std::uint64_t>(block), slab_bytes)));
    }
};

TEST_P(Classes, blocks_are_apart_and_lie_in_their_slab) {
    HostBlocks source;
    SizeClass blocks(GetParam());
    const std::uint64_t size = slab_sizes[GetParam()];
    std::set<std::uint64_t> starts;
    std::vector<void*> all;
    while (source.out() < 3) {
        void* block = blocks.allocate(source);
        const auto start = reinterpret_cast<std::uint64_t>(block);
        EXPECT_EQ(align_down(start, slab_bytes), align_down(start + size - 1, slab_bytes));
        std::memset(block, 0xff, size);
        all.push_back(block);
        starts.insert(start);
    }
    std::uint64_t end = 0;
    for (const std::uint64_t start : starts) {
        EXPECT_GE(start, end);
        end = start + size;
    }
    EXPECT_EQ(starts.size(), all.size());
    EXPECT_EQ(blocks.statistics().blocks, all.size());
    // Little of a slab is lost, beside its first 160 bytes and one block that alignment may cost.
    EXPECT_GE((all.size() - 1) / 2 * size + size + 256, slab_bytes - 160);
    for (void* block : all) EXPECT_FALSE(blocks.free(block, source));
    EXPECT_EQ(blocks.statistics().blocks, 0U);
    EXPECT_EQ(source.out(), 1U) << "one empty slab is kept";
    drop_last_slab(blocks.allocate(source));
}

TEST_P(Classes, wrong_frees_are_found_and_change_nothing) {
    HostBlocks source;
    SizeClass blocks(GetParam());
    void* one = blocks.allocate(source);
    void* other = blocks.allocate(source);
    EXPECT_EQ(blocks.free(at(one, 1), source), BadFree::within_a_block);
    EXPECT_EQ(blocks.free(at(one, 8), source), BadFree::within_a_block);
    const auto slab = align_down(reinterpret_cast<std::uint64_t>(one), slab_bytes);
    EXPECT_EQ(blocks.free(reinterpret_cast<void*>(slab), source), BadFree::not_from_heap);
    EXPECT_EQ(blocks.free(reinterpret_cast<void*>(slab + 16), source), BadFree::within_a_block);
    if (GetParam() != 0) {
        SizeClass smaller(GetParam() - 1);
        EXPECT_EQ(smaller.free(one, source), BadFree::not_from_heap) << "of another class";
    }
    EXPECT_EQ(blocks.statistics().blocks, 2U);
    EXPECT_FALSE(blocks.free(one, source));
    EXPECT_EQ(blocks.free(one, source), BadFree::twice);
    EXPECT_FALSE(blocks.free(other, source));
    EXPECT_EQ(blocks.free(other, source), BadFree::twice);
    EXPECT_EQ(blocks.statistics().blocks, 0U);
    drop_last_slab(one);
}

INSTANTIATE_TEST_SUITE_P(Slabs, Classes, testing::Range(0U, static_cast<unsigned>(slab_sizes.size())),
                         [](const auto& info) { return "of_" + std::to_string(slab_sizes[info.param]); });

TEST(Slabs, memory_that_runs_out_gives_null_until_a_block_is_freed) {
    HostBlocks source(1);
    SizeClass blocks(*size_class_for(4096, 16));
    std::vector<void*> all;
    while (void* block = blocks.allocate(source)) all.push_back(block);
    EXPECT_EQ(all.size(), 3U);
    EXPECT_FALSE(blocks.free(all[1], source));
    EXPECT_EQ(blocks.allocate(source), all[1]);
    EXPECT_EQ(blocks.allocate(source), nullptr);
    std::free(reinterpret_cast<void*>(align_down(reinterpret_cast<std::uint64_t>(all[0]), slab_bytes)));
}

TEST(Slabs, memory_that_is_no_slab_has_no_class) {
    alignas(slab_bytes) static std::array<std::byte, slab_bytes> memory{};
    EXPECT_FALSE(SizeClass::class_of(&memory[160]));
}

TEST(Slabs, a_hundred_thousand_random_steps_keep_all_contents) {
    HostBlocks source(100000);
    std::vector<SizeClass> classes;
    for (unsigned i = 0; i < slab_sizes.size(); ++i) classes.emplace_back(i);
    std::mt19937 random(7);
    struct Held {
        void* block;
        unsigned number;
        unsigned char fill;
    };
    std::vector<Held> held;
    for (int step = 0; step < 100'000; ++step) {
        if (held.size() < 500 && random() % 2 == 0) {
            const auto number = static_cast<unsigned>(random() % slab_sizes.size());
            void* block = classes[number].allocate(source);
            const auto fill = static_cast<unsigned char>(random());
            std::memset(block, fill, slab_sizes[number]);
            held.push_back({block, number, fill});
        } else if (!held.empty()) {
            std::swap(held[random() % held.size()], held.back());
            const auto [block, number, fill] = held.back();
            held.pop_back();
            ASSERT_EQ(SizeClass::class_of(block), number);
            ASSERT_EQ(*at(block, 0), std::byte{fill});
            ASSERT_EQ(std::memcmp(block, at(block, 1), slab_sizes[number] - 1), 0);
            ASSERT_FALSE(classes[number].free(block, source));
        }
    }
    for (const Held& one : held) EXPECT_FALSE(classes[one.number].free(one.block, source));
    EXPECT_LE(source.out(), slab_sizes.size());
    for (unsigned i = 0; i < slab_sizes.size(); ++i) {
        EXPECT_EQ(classes[i].statistics().blocks, 0U);
        const auto block = reinterpret_cast<std::uint64_t>(classes[i].allocate(source));
        std::free(reinterpret_cast<void*>(align_down(block, slab_bytes)));
    }
}

}  // namespace
}  // namespace lintel
