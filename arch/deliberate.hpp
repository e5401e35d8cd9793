// Faults that C++ has no words for, raised so that tests see them handled.
#pragma once

namespace lintel::arch {

void execute_breakpoint();
void execute_invalid_instruction();
void divide_by_zero();

/// Loses the stack first, so that the fault cannot be delivered on it.
void fault_twice();

}  // namespace lintel::arch
