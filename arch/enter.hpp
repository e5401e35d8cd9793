// The last step of a loader: from the firmware's world into the executable's.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "arch/page_tables.hpp"
#include "base/address.hpp"

namespace lintel::arch {

/// The descriptors that the protocol demands ("Machine State at Entry", x86-64), in order: null; 16-bit code and
/// data; 32-bit code and data; 64-bit code (0x28) and data (0x30), with their accessed bits set, so that the
/// processor never writes them.
inline constexpr std::array<std::uint64_t, 7> entry_descriptors = {
    0x0000000000000000, 0x00009b000000ffff, 0x000093000000ffff, 0x00cf9b000000ffff,
    0x00cf93000000ffff, 0x00209b0000000000, 0x0000930000000000,
};

/// The way from the firmware's address space into the executable's, the same for each processor.
struct Passage {
    PhysAddr root;  // of the new page tables
    Levels levels;
    PhysAddr scratch;  // one page, for the tables that are used in between
    // Pages below 1 MiB, each where it is needed; the scratch page is below 4 GiB then. They are two because a
    // processor that start_processors() has given up may come all the same.
    std::optional<PhysAddr> trampoline{};    // for start_processors()
    std::optional<PhysAddr> level_switch{};  // for enter(), where `levels` are not those in use
    std::uint64_t hhdm;                      // offset of the direct map
    VirtAddr descriptors;                    // a copy of entry_descriptors
};

/// Everything that entering an executable needs; all of it lies in memory that the new page tables map.
struct HandOver {
    Passage passage;
    VirtAddr entry;
    VirtAddr stack_top;  // 16-byte aligned; the return address 0 is pushed below it
};

/// How many levels this processor's page tables have, how many they can have, and whether they can forbid execution.
struct PagingFacts {
    Levels in_use = Levels::four;
    Levels most = Levels::four;
    bool no_execute = true;
};
PagingFacts paging_facts();

/// Puts the processor into the state that the protocol demands and jumps. The caller runs identity-mapped, with
/// boot services ended; its own code and the memory behind every address above is mapped by the new page tables.
[[noreturn]] void enter(const HandOver& hand_over);

}  // namespace lintel::arch
