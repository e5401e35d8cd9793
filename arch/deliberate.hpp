// Faults that C++ has no words for, raised so that tests see them handled.
#pragma once

namespace lintel::arch {

void execute_breakpoint();
void execute_invalid_instruction();
void divide_by_zero();

/// Any of the processor's own exceptions; returns where its handler does.
void raise_exception(unsigned vector);

/// Loses the stack first, so that the fault cannot be delivered on it.
void fault_twice();

}  // namespace lintel::arch
