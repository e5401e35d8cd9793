// The time since the kernel's entry.
// Invariant: it never goes back, and any code may ask for it, in whatever state it runs.
#pragma once

#include "kernel/time/instant.hpp"

namespace lintel {

/// Starts the clock, which shows 0 for the timestamp `entry`. The loader's responses may be read.
void open_clock(std::uint64_t entry);

/// The time; 0 before open_clock().
Instant now();

/// Keeps this processor busy for `duration`, at least. For waits of microseconds; sleep() is for longer ones.
void spin(Duration duration);

}  // namespace lintel
