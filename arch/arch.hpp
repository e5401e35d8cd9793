// What a port to a processor architecture provides to everything above it; implemented by one folder beside this
// file. Page tables and entering an executable have headers of their own.
// Invariant: nothing here names a particular architecture.
#pragma once

#include <cstdint>
#include <optional>

namespace lintel::arch {

/// Keeps this processor from taking interrupts (those that can be masked).
void disable_interrupts();

/// Sleeps until the next interrupt. It can return at any time, so callers loop.
void wait_for_interrupt();

/// A counter that grows steadily from the machine's reset on.
std::uint64_t timestamp();

/// How often a second timestamp() grows by one, as well as it can be told; finding out can take some milliseconds.
std::optional<std::uint64_t> timestamp_frequency();

/// A number from the processor's own random number generator; nothing where it has none, or none that works.
std::optional<std::uint64_t> hardware_random();

}  // namespace lintel::arch
