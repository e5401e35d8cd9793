// Where the SMBIOS tables lie (DSP0134 3.7, 5.2).
// Invariant: an entry point is believed only with its anchor and its checksum in place.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/address.hpp"
#include "base/physical_memory.hpp"
#include "loader/core/firmware.hpp"

namespace lintel::loader {

/// An entry point and the structure table that it leads to.
struct SmbiosTables {
    Range entry_point;
    Range structures;
};

/// The 32-bit entry point at `address` (5.2.1).
std::optional<SmbiosTables> find_smbios_32(PhysicalMemory memory, PhysAddr address);

/// The 64-bit entry point at `address` (5.2.2).
std::optional<SmbiosTables> find_smbios_64(PhysicalMemory memory, PhysAddr address);

/// What follows `prefix` in the first string of an "OEM Strings" structure (7.12) that starts with it; nothing where
/// none does. `structures` is the whole table.
std::optional<std::string_view> find_oem_string(Bytes structures, std::string_view prefix);

}  // namespace lintel::loader
