// The time since the kernel's entry.
// Invariant: it never goes back, and any code may ask for it, in whatever state it runs.
#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "kernel/time/instant.hpp"

namespace lintel {

/// Starts the clock, which shows 0 for the timestamp `entry`. The loader's responses may be read.
void open_clock(std::uint64_t entry);

/// The time; 0 before open_clock().
Instant now();

/// The timestamp at which now() will be `instant`, as far as that is known by now.
std::uint64_t timestamp_at(Instant instant);

/// How fast timestamps grow, in Hz; 0 before open_clock().
std::uint64_t clock_frequency();

/// Whether now() goes by what the board's own counters said (see open_time()).
bool clock_is_exact();

/// Keeps this processor busy for `duration`, at least. For waits of microseconds; sleep() is for longer ones.
void spin(Duration duration);

/// Time as far as interrupts are needed for it: timers, sleep(), and a second after this the clock's speed exactly, by
/// the board's own counters. After ACPI and the local APIC. Fails where nothing tells how fast time passes.
Status open_time();

}  // namespace lintel
