// What switching a machine off or resetting it takes, beneath the firmware's tables that say where.
#pragma once

#include <cstdint>

#include "base/address.hpp"

namespace lintel::arch {

/// A register in ACPI's "system I/O" space, of `bytes` bytes: 1, 2 or 4; any other number means 1.
std::uint32_t read_system_io(std::uint16_t address, unsigned bytes);
void write_system_io(std::uint16_t address, unsigned bytes, std::uint32_t value);

/// A device's register in memory, likewise, which the caller has mapped.
std::uint32_t read_register(VirtAddr address, unsigned bytes);
void write_register(VirtAddr address, unsigned bytes, std::uint32_t value);

/// Has the keyboard controller reset the processor; returns where there is none that does.
void pulse_reset_line();

/// Resets the machine by a fault that cannot be delivered.
[[noreturn]] void reset_by_fault();

}  // namespace lintel::arch
