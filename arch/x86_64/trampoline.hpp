// A page below 1 MiB from which processors start, and in which the one that is running leaves long mode for a while.
// Invariant: the page is written while no processor runs in it.
#pragma once

#include <cstdint>

#include "arch/page_tables.hpp"
#include "base/address.hpp"

namespace lintel::arch {

/// What is to be done on the other side: `target` is called in long mode, without a stack, with `argument` in RDI.
struct Destination {
    PhysAddr root;  // below 4 GiB; has to map the trampoline where it lies
    Levels levels;
    std::uint64_t target;
    const void* argument;
};

/// Makes `page`, which memory is identity-mapped for, a trampoline.
void place_trampoline(PhysAddr page, const Destination& destination);

/// The same, and takes this processor there: identity-mapped as well, interrupts off, CR4 without PCIDE.
[[noreturn]] void leave_through_trampoline(PhysAddr page, const Destination& destination);

}  // namespace lintel::arch
