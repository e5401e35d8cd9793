// Faults that C++ has no words for, raised so that tests see them handled.
#pragma once

namespace lintel::arch {

void execute_breakpoint();

/// Executes one with all registers and flags set, and looks at them afterwards.
bool breakpoint_keeps_registers();

void execute_invalid_instruction();
void divide_by_zero();

/// Any of the processor's own exceptions; returns where its handler does.
void raise_exception(unsigned vector);

/// Loses the stack first, so that the fault cannot be delivered on it.
void fault_twice();

}  // namespace lintel::arch
