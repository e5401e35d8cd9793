// Who called whom, by the frame pointers on the stack.
// Invariant: a frame is read only after its place was checked, so that a broken stack ends the walk and does no harm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/address.hpp"

namespace lintel {

struct AddressRange {
    VirtAddr begin;
    VirtAddr end;

    [[nodiscard]] constexpr bool contains(VirtAddr address, std::uint64_t length = 1) const {
        return address >= begin && address < end && end - address >= length;
    }
};

/// Writes the return addresses that start from the frame at `frame` to `found`, innermost first, until it is full or
/// a frame lies outside `stack`, off its alignment or not above the one before, or returns outside `text`. Gives
/// their number. All of `stack` must be readable.
std::size_t backtrace(VirtAddr frame, AddressRange stack, AddressRange text, std::span<VirtAddr> found);

}  // namespace lintel
