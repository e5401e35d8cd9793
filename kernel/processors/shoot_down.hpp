// TLB shoot-down: what a processor remembers of page tables, it forgets when they change.
// Invariant: it works with locks held and interrupts masked, since a processor that waits for a lock, or for another
// processor, still does what is asked of it here.
#pragma once

#include <cstdint>

#include "base/address.hpp"

namespace lintel {

/// Has every processor forget how the `length` bytes from `begin` on were translated, and returns when all have. For
/// mappings that were taken away or changed; a new one needs nothing.
void flush_everywhere(VirtAddr begin, std::uint64_t length);

/// Does it where another processor waits for this one; for each loop that waits with interrupts masked.
void serve_flush();

}  // namespace lintel
