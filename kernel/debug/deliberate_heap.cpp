// What a program can do wrong with memory of the heap. A build without checks notices only what its books forbid.
#include <array>
#include <new>

#include "kernel/debug/deliberate.hpp"
#include "kernel/memory/heap.hpp"

namespace lintel {
namespace {

constexpr std::size_t bytes = 24;

/// Volatile, as all writes here: the compiler must not see that they cannot be right.
volatile std::byte* make_block() {
    volatile std::size_t size = bytes;
    return static_cast<volatile std::byte*>(operator new(size));
}

void free(volatile std::byte* block) { operator delete(const_cast<std::byte*>(block)); }

void write_behind_a_block() {
    volatile std::byte* block = make_block();
    block[bytes] = std::byte{1};
    free(block);
}

void write_before_a_block() {
    volatile std::byte* block = make_block();
    *(block - 1) = std::byte{1};
    free(block);
}

void write_to_a_freed_block() {
    volatile std::byte* block = make_block();
    free(block);
    block[8] = std::byte{1};
    check_heap();
}

void free_a_block_twice() {
    volatile std::byte* block = make_block();
    volatile std::byte* other = make_block();  // so that the slab stays
    free(block);
    free(block);
    free(other);
}

void free_what_is_on_the_stack() {
    alignas(16) volatile std::byte local[64]{};
    free(&local[0]);
}

void ask_for_all_memory() {
    volatile std::size_t size = std::size_t{1} << 40;
    free(static_cast<volatile std::byte*>(operator new(size)));
}

constexpr std::array<Failing, 6> list = {{
    {"overrun", "a write behind a block of the heap", write_behind_a_block, true},
    {"underrun", "a write before a block of the heap", write_before_a_block, true},
    {"use-after-free", "a write to a block of the heap that was freed", write_to_a_freed_block, true},
    {"double-free", "a block of the heap freed twice", free_a_block_twice},
    {"bad-free", "a free of what is on the stack", free_what_is_on_the_stack},
    {"no-memory", "a block larger than all memory, for who cannot do without", ask_for_all_memory},
}};

}  // namespace

const std::span<const Failing> heap_failings = list;

}  // namespace lintel
