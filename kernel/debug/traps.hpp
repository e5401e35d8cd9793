// What the kernel does about exceptions: a breakpoint goes on, all others are explained and end it.
#pragma once

#include "base/result.hpp"

namespace lintel {

/// Traps are caught on this processor from here on.
void open_traps();

/// Gives the traps that need them stacks of their own, with guard pages. Fails where memory for them is missing.
Status guard_trap_stacks();

}  // namespace lintel
