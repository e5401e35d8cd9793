// The last step of a loader: from the firmware's world into the executable's.
#pragma once

#include <array>
#include <cstdint>

#include "arch/page_tables.hpp"
#include "base/address.hpp"

namespace lintel::arch {

/// The descriptors that the protocol demands ("Machine State at Entry", x86-64), in order: null; 16-bit code and
/// data; 32-bit code and data; 64-bit code (0x28) and data (0x30). Accessed bits are set, so that the processor never writes them.
inline constexpr std::array<std::uint64_t, 7> entry_descriptors = {
    0x0000000000000000, 0x00009b000000ffff, 0x000093000000ffff, 0x00cf9b000000ffff,
    0x00cf93000000ffff, 0x00209b0000000000, 0x0000930000000000,
};

/// Everything that entering an executable needs; all of it lies in memory that the new page tables map.
struct HandOver {
    PhysAddr root;          // of the new page tables
    Levels levels;
    PhysAddr scratch;       // one page, for the tables that are used in between
    std::uint64_t hhdm;     // offset of the direct map
    VirtAddr entry;
    VirtAddr stack_top;     // 16-byte aligned; the return address 0 is pushed below it
    VirtAddr descriptors;   // a copy of entry_descriptors
};

/// Puts the processor into the state that the protocol demands and jumps. Boot services are over, interrupts off.
[[noreturn]] void enter(const HandOver& hand_over);

}  // namespace lintel::arch
