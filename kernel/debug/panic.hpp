// What panic() of base/result.hpp needs to know beforehand, and the same for traps.
#pragma once

#include "arch/traps.hpp"
#include "base/address.hpp"

namespace lintel {

/// Tells panic() where the stack ends: at the frame of the kernel's first function.
void set_outermost_frame(VirtAddr frame);

/// Ends the kernel because of a trap that nothing can be done about.
[[noreturn]] void panic_in_trap(const arch::TrapFrame& frame);

}  // namespace lintel
