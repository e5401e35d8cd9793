// The timer in each processor's local APIC, which interrupts that processor once at a time to come.
// Invariant: acts on this processor alone, whose local APIC is enabled.
#pragma once

#include <cstdint>

namespace lintel::arch {

/// How the timer is told when: by a timestamp, or by counts of a clock of its own.
enum class TimerMode : std::uint8_t { timestamp, count };

/// What this processor's timer can: timestamps where that is possible.
TimerMode best_timer_mode();

/// Has the timer raise `vector`. It does not run yet.
void open_local_timer(TimerMode mode, unsigned vector);

/// In the mode `timestamp`: interrupts when timestamp() gets to `when`, or at once where it has.
void set_timer(std::uint64_t when);

/// In the mode `count`: interrupts after that many counts; never, where they are 0.
void set_timer_count(std::uint32_t counts);

/// In the mode `count`: how many are left.
std::uint32_t timer_count_left();

}  // namespace lintel::arch
