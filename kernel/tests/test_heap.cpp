// The heap: `new` and `delete`.
#include <array>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include "kernel/checks.hpp"
#include "kernel/memory/heap.hpp"
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

constexpr std::array<KernelTest, 7> tests = {{
    {"heap: what_is_stored_stays", what_is_stored_stays},
    {"heap: blocks_are_aligned_as_asked", blocks_are_aligned_as_asked},
    {"heap: every_block_is_aligned_for_any_type", every_block_is_aligned_for_any_type},
    {"heap: blocks_of_no_bytes_are_different", blocks_of_no_bytes_are_different},
    {"heap: deleting_null_does_nothing", deleting_null_does_nothing},
    {"heap: a_size_that_no_machine_has_is_refused", a_size_that_no_machine_has_is_refused},
    {"heap: large_blocks_go_back_to_the_frames", large_blocks_go_back_to_the_frames},
}};

}  // namespace

const std::span<const KernelTest> heap_tests = tests;

}  // namespace lintel
