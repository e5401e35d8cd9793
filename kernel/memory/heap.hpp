// The kernel's heap, behind `new` and `delete`: small blocks from slabs, one lock for each size; large ones from the
// frame allocator. In a build with checks each block is guarded, and what went wrong is a panic that names it.
// Invariant: it can be used from interrupt handlers, and never from a panic.
// `new` panics where there is no memory; `new (std::nothrow)` gives null, and the log says so.
#pragma once

#include <cstdint>

#include "kernel/memory/heap_checks.hpp"

namespace lintel {

struct HeapStatistics {
    std::uint64_t blocks = 0;        // in use, small ones; in a build with checks also those just freed
    std::uint64_t bytes = 0;         // that these take
    std::uint64_t slab_bytes = 0;    // that their slabs take
    std::uint64_t large_blocks = 0;  // in use
    std::uint64_t large_bytes = 0;   // that these take
    std::uint64_t refused = 0;       // since boot
};

/// `new` works from here on; frames can be had already.
void open_heap();

HeapStatistics heap_statistics();

/// What `new` does, for `caller`, a return address: `bytes` bytes, aligned to `alignment`, a power of two. Null where
/// there is no memory.
void* allocate_block(std::uint64_t bytes, std::uint64_t alignment, VirtAddr caller);

/// The same; panics where there is no memory.
void* must_allocate(std::uint64_t bytes, std::uint64_t alignment, VirtAddr caller);

/// What `delete` does. Null is nothing to free.
void free_block(void* block, VirtAddr caller);

/// In a build with checks, looks at every block of the heap and panics where one was written to that should not be;
/// otherwise does nothing.
void check_heap();

/// A moment, to ask for what was allocated later. Always 0 in a build without checks.
std::uint64_t heap_moment();

/// Logs which places in the kernel hold blocks that they asked for after `since`, by their names: how many blocks that
/// are. Finds nothing in a build without checks.
std::uint64_t log_leaks(std::uint64_t since);

}  // namespace lintel
