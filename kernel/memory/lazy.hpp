// Ranges of kernel addresses that get memory page by page, as they are touched.
// Invariant: a page of a range is either not mapped, or a frame that belongs to it alone and was zeroed before.
// What a holder of a lock touches must not lie in one: the page fault needs locks of its own.
#pragma once

#include "base/address.hpp"
#include "base/result.hpp"
#include "kernel/debug/backtrace.hpp"

namespace lintel {

/// `length` bytes, in whole pages, to read and to write, zeroed; nothing is mapped behind them. Fails where addresses
/// are used up.
Result<AddressRange> reserve_lazily(std::uint64_t length);

/// Takes them back, and the memory that they have got.
void release_lazily(AddressRange range);

/// For a page fault at `address`, which is not mapped: whether it lies in such a range, and now has memory.
bool commit_lazily(VirtAddr address);

/// Pages that have got memory and not been released, in all ranges.
std::uint64_t lazily_committed();

}  // namespace lintel
