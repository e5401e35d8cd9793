// What enter() and the start of further processors have in common: enter.S and the way to it.
#pragma once

#include <cstdint>

#include "arch/enter.hpp"

namespace lintel::arch {

/// Read by enter.S, at these offsets.
struct Frame {
    std::uint64_t scratch;      // 0
    std::uint64_t root;         // 8
    std::uint64_t hhdm;         // 16
    std::uint64_t stack_top;    // 24
    std::uint64_t descriptors;  // 32
    std::uint64_t entry;        // 40: where there is no parking place
    std::uint64_t parking;      // 48: its address in the direct map, or 0
};
static_assert(sizeof(Frame) == 56);

/// Jumps to `entry`, or waits for an address in `parking`.
extern "C" [[noreturn, gnu::sysv_abi]] void lintel_enter(const Frame* frame);

Frame frame_for(const Passage& passage, VirtAddr stack_top, VirtAddr entry, VirtAddr parking);

/// Fills the scratch page: the identity map in use below, the new address space above.
void build_scratch_tables(const Passage& passage);

/// The control and model-specific registers that the protocol fixes. The number of levels stays as it is.
void set_registers();

}  // namespace lintel::arch
