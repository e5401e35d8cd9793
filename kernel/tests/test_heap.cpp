// The heap: `new` and `delete`.
#include <array>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include "kernel/checks.hpp"
#include "kernel/memory/heap.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/tests/all_frames.hpp"
#include "kernel/tests/tests.hpp"

namespace lintel {
namespace {

std::uint64_t number_of(const void* pointer) { return reinterpret_cast<std::uint64_t>(pointer); }

/// A size that the compiler does not see, so that it does not do without the heap.
std::size_t size(std::size_t bytes) {
    volatile std::size_t hidden = bytes;
    return hidden;
}

void what_is_stored_stays() {
    std::vector<std::unique_ptr<std::vector<std::uint32_t>>> lists;
    // NOLINTNEXTLINE(performance-inefficient-vector-operation): how it grows is what is tested.
    for (std::uint32_t i = 0; i < 200; ++i) lists.push_back(std::make_unique<std::vector<std::uint32_t>>(size(i), i));
    bool same = true;
    for (std::uint32_t i = 0; i < 200; ++i) {
        same = same && lists[i]->size() == i;
        for (std::uint32_t one : *lists[i]) same = same && one == i;
    }
    expect(same, "a list changed");
}

void blocks_are_aligned_as_asked() {
    bool aligned = true;
    for (std::uint64_t alignment = 1; alignment <= 64 << 10; alignment *= 2)
        for (const std::size_t bytes : {1U, 24U, 100U, 5000U, 70000U}) {
            void* block = operator new(size(bytes), std::align_val_t{alignment});
            aligned = aligned && number_of(block) % alignment == 0;
            operator delete(block, std::align_val_t{alignment});
        }
    expect(aligned, "a block was not aligned");
}

void every_block_is_aligned_for_any_type() {
    bool aligned = true;
    for (std::size_t bytes = 0; bytes < 300; ++bytes) {
        void* block = operator new(size(bytes));
        aligned = aligned && number_of(block) % __STDCPP_DEFAULT_NEW_ALIGNMENT__ == 0;
        operator delete(block);
    }
    expect(aligned, "a block was not aligned");
}

void blocks_of_no_bytes_are_different() {
    void* one = operator new(size(0));
    void* other = operator new(size(0));
    expect(one != nullptr && one != other, "the same block was given twice");
    operator delete(one);
    operator delete(other);
}

void deleting_null_does_nothing() {
    char* volatile null = nullptr;
    const HeapStatistics before = heap_statistics();
    delete null;
    delete[] null;
    expect(heap_statistics().blocks == before.blocks, "the heap changed");
}

void a_size_that_no_machine_has_is_refused() {
    const std::uint64_t refused = heap_statistics().refused;
    expect(operator new(size(~std::size_t{0}), std::nothrow) == nullptr, "given");
    expect(operator new(size(~std::size_t{0} / 2), std::nothrow) == nullptr, "given");
    expect(operator new(size(std::size_t{1} << 40), std::nothrow) == nullptr, "given");
    expect(heap_statistics().refused == refused + 3, "not counted");
}

void large_blocks_go_back_to_the_frames() {
    const HeapStatistics before = heap_statistics();
    auto* block = new char[size(1 << 20)];
    std::memset(block, 7, 1 << 20);
    expect(heap_statistics().large_blocks == before.large_blocks + 1, "not counted");
    delete[] block;
    // With checks, it stays in quarantine for as long as there is room.
    expect(checks || heap_statistics().large_blocks == before.large_blocks, "not given back");
}

void memory_that_is_used_up_gives_null_and_comes_back() {
    const std::uint64_t refused = heap_statistics().refused;
    const std::uint64_t free_before = frames().statistics().free_frames;
    {
        const AllFrames all;
        expect_equal(all.count(), free_before, "how many frames were taken");
        expect(operator new(size(100000), std::nothrow) == nullptr, "a block was given");
        // Small ones are had until the slabs are full.
        struct Small {
            Small* next;
            std::array<std::byte, 2000> rest;
        };
        Small* list = nullptr;
        while (auto* one = new (std::nothrow) Small) {
            one->next = list;
            list = one;
        }
        while (list != nullptr) {
            Small* next = list->next;
            delete list;
            list = next;
        }
        expect_equal(heap_statistics().refused, refused + 2, "how often memory was refused");
    }
    auto* block = operator new(size(100000), std::nothrow);
    expect(block != nullptr, "memory that came back is not given");
    operator delete(block);
}

void what_waits_in_quarantine_is_had_when_there_is_nothing_else() {
    if (!checks) return skip("only a build with checks has a quarantine");
    operator delete(operator new(size(100000)));
    const AllFrames all;
    auto* block = operator new(size(100000), std::nothrow);
    expect(block != nullptr, "it is not given");
    operator delete(block);
}

void many_small_blocks_cost_little_more_than_their_size() {
    std::vector<std::unique_ptr<std::array<std::byte, 64>>> blocks(2000);
    const HeapStatistics before = heap_statistics();
    for (auto& block : blocks) block = std::make_unique<std::array<std::byte, 64>>();
    const HeapStatistics after = heap_statistics();
    expect(after.blocks - before.blocks >= 2000, "they are not counted");
    if (checks) return;  // guards cost more than they guard
    expect(after.slab_bytes - before.slab_bytes < 2000 * 64 + 3 * (16 << 10), "they cost more");
}

void slabs_without_blocks_are_given_back() {
    if (checks) return skip("what is freed stays in quarantine in a build with checks");
    const std::uint64_t before = heap_statistics().slab_bytes;
    {
        std::vector<std::unique_ptr<std::array<std::byte, 500>>> blocks(1000);
        for (auto& block : blocks) block = std::make_unique<std::array<std::byte, 500>>();
        expect(heap_statistics().slab_bytes >= before + 500 * 1000, "they took none");
    }
    // Each of the two sizes may keep one.
    expect(heap_statistics().slab_bytes <= before + 2 * (16 << 10), "they were not");
}

void a_block_is_filled_with_a_pattern_before_use() {
    if (!checks) return skip("only a build with checks does that");
    auto* block = static_cast<std::byte*>(operator new(size(64)));
    expect(block[0] == std::byte{0xa5} && block[63] == std::byte{0xa5}, "it is not");
    operator delete(block);
}

void leaks_are_found_by_who_asked_for_them() {
    if (!checks) return skip("only a build with checks keeps lists");
    const std::uint64_t since = heap_moment();
    expect_equal(log_leaks(since), std::uint64_t{0}, "the number of leaks before");
    auto* leak = new std::array<std::uint64_t, 8>;
    volatile auto* used = leak;
    (*const_cast<std::array<std::uint64_t, 8>*>(used))[0] = 1;
    expect_equal(log_leaks(since), std::uint64_t{1}, "the number of leaks");
    delete leak;
    expect_equal(log_leaks(since), std::uint64_t{0}, "the number of leaks after");
}

void all_blocks_are_sound() { check_heap(); }

constexpr std::array<KernelTest, 14> heap_list = {{
    {"heap: what_is_stored_stays", what_is_stored_stays},
    {"heap: blocks_are_aligned_as_asked", blocks_are_aligned_as_asked},
    {"heap: every_block_is_aligned_for_any_type", every_block_is_aligned_for_any_type},
    {"heap: blocks_of_no_bytes_are_different", blocks_of_no_bytes_are_different},
    {"heap: deleting_null_does_nothing", deleting_null_does_nothing},
    {"heap: a_size_that_no_machine_has_is_refused", a_size_that_no_machine_has_is_refused},
    {"heap: large_blocks_go_back_to_the_frames", large_blocks_go_back_to_the_frames},
    {"heap: memory_that_is_used_up_gives_null_and_comes_back", memory_that_is_used_up_gives_null_and_comes_back},
    {"heap: what_waits_in_quarantine_is_had_when_there_is_nothing_else",
     what_waits_in_quarantine_is_had_when_there_is_nothing_else},
    {"heap: small_blocks_cost_little_more_than_their_size", many_small_blocks_cost_little_more_than_their_size},
    {"heap: slabs_without_blocks_are_given_back", slabs_without_blocks_are_given_back},
    {"heap: a_block_is_filled_with_a_pattern_before_use", a_block_is_filled_with_a_pattern_before_use},
    {"heap: leaks_are_found_by_who_asked_for_them", leaks_are_found_by_who_asked_for_them},
    {"heap: all_blocks_are_sound_at_the_end", all_blocks_are_sound},
}};

}  // namespace

const std::span<const KernelTest> heap_tests = heap_list;

}  // namespace lintel
