// Registers of devices whose place and width only the machine's firmware tells.
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

}  // namespace lintel::arch
