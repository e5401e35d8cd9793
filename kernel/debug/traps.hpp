// What the kernel does about exceptions: a breakpoint goes on, all others are explained and end it.
#pragma once

#include <cstdint>

#include "arch/traps.hpp"
#include "base/result.hpp"

namespace lintel {

/// Traps are caught on this processor from here on.
void open_traps();

/// What a breakpoint comes to, besides going on.
enum class Breakpoints : std::uint8_t { logged, silent };
void treat_breakpoints(Breakpoints how);

/// Has `answer` called for NMIs, on whichever processor they come to, such as for a watchdog; null for none. Where it
/// is false, nobody has asked for the NMI, which is a panic. It may interrupt anything, so it takes no lock.
void answer_nmis(bool (*answer)());

/// Stacks for one processor's traps, with guard pages: their tops. Fails where memory for them is missing.
Result<std::array<VirtAddr, arch::trap_stack_count>> make_trap_stacks();

/// Gives the traps of the processor that boots such stacks.
Status guard_trap_stacks();

/// Has this processor catch its traps, on its `trap_stacks`.
void install_own_traps();

}  // namespace lintel
