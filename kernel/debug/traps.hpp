// What the kernel does about exceptions: a breakpoint goes on, all others are explained and end it.
#pragma once

#include <cstdint>

#include "base/result.hpp"

namespace lintel {

/// Traps are caught on this processor from here on.
void open_traps();

/// What a breakpoint comes to, besides going on.
enum class Breakpoints : std::uint8_t { logged, silent };
void treat_breakpoints(Breakpoints how);

/// Gives the traps that need them stacks of their own, with guard pages. Fails where memory for them is missing.
Status guard_trap_stacks();

}  // namespace lintel
