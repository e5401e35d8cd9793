// Resetting a machine, where its firmware does not say how.
#pragma once

namespace lintel::arch {

/// Has the keyboard controller reset the processor; returns where there is none that does.
void pulse_reset_line();

/// Resets the machine by a fault that cannot be delivered.
[[noreturn]] void reset_by_fault();

}  // namespace lintel::arch
