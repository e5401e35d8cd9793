// Timers: each processor has its own, driven by the timer of its local APIC.
// Invariant: a timer never fires early, and it fires on the processor that started it.
#pragma once

#include "base/result.hpp"
#include "kernel/time/timer_queue.hpp"

namespace lintel {

/// Makes timers work on the processor that boots, whose local APIC is up. Fails where there is no clock to tell when.
Status open_timers();

/// The same on each further processor, after open_timers().
void join_timers();

/// Has the timer fire at `when`, or as soon as interrupts come if that has passed: its function is called with
/// interrupts masked, and may start it again. The timer must not be waiting.
void start_timer(Timer& timer, Instant when);

/// Stops a timer that waits; false where it does not. In either case its function does not run any more afterwards,
/// unless that is where this is called from.
bool stop_timer(Timer& timer);

/// Sleeps for `duration`, at least. With interrupts enabled.
void sleep(Duration duration);

}  // namespace lintel
