// What a port to a processor architecture provides to everything above it; implemented by one folder beside this
// file. Page tables and entering an executable have headers of their own.
// Invariant: nothing here names a particular architecture.
#pragma once

#include <cstdint>
#include <optional>

namespace lintel::arch {

/// Keeps this processor from taking interrupts (those that can be masked).
void disable_interrupts();

/// Lets this processor take interrupts.
void enable_interrupts();

/// Whether this processor takes interrupts.
bool interrupts_enabled();

/// Sleeps until the next interrupt. It can return at any time, so callers loop.
void wait_for_interrupt();

/// Lets interrupts come and sleeps until one has, in one step: none can slip in between. Interrupts are enabled
/// afterwards.
void enable_and_wait_for_interrupt();

/// Tells the processor that this is a loop that waits for another one.
void wait_a_moment();

/// Whether this is a virtual machine that says so: its processors can sleep while they believe to run.
bool is_virtual_machine();

/// Remembers a pointer for this processor alone, to an object whose first member is a pointer to itself.
void set_processor_local(void* local);

/// What set_processor_local() has set on this processor.
void* processor_local();

/// Ends a virtual machine that has a device for that (QEMU's isa-debug-exit at port 0xf4) with `code`; returns where
/// there is none.
void leave_machine(std::uint8_t code);

/// A counter that grows steadily from the machine's reset on.
std::uint64_t timestamp();

/// How often a second timestamp() grows by one, as well as it can be told; finding out can take some milliseconds.
std::optional<std::uint64_t> timestamp_frequency();

/// A number from the processor's own random number generator; nothing where it has none, or none that works.
std::optional<std::uint64_t> hardware_random();

}  // namespace lintel::arch
