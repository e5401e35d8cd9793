// Registers of devices that lie in memory, and what interrupt controllers have in common.
// Invariant: each access is one instruction.
#pragma once

#include <cstdint>

#include "base/address.hpp"

namespace lintel::arch {

inline constexpr std::uint32_t masked = 1 << 16;            // the same bit in I/O APIC entries and local vectors
inline constexpr std::uint32_t delivery_mode = 0b111 << 8;  // likewise

/// Of fixed or lowest priority delivery.
inline bool is_fixed(std::uint32_t entry) { return (entry & delivery_mode) >> 8 <= 0b001; }

/// Fixed, lowest priority, NMI and ExtINT are ours to mask; SMI and INIT stay as the firmware wants them.
inline bool may_mask(std::uint32_t entry) {
    switch ((entry & delivery_mode) >> 8) {
        case 0b000:
        case 0b001:
        case 0b100:
        case 0b111:
            return true;
        default:
            return false;
    }
}

inline std::uint32_t read32(PhysAddr address, DirectMap memory) {
    // Safety: the caller names a device register, which the identity map reaches; volatile keeps the access.
    return *memory.pointer<volatile std::uint32_t>(address);
}

inline void write32(PhysAddr address, std::uint32_t value, DirectMap memory) {
    // Safety: as in read32().
    *memory.pointer<volatile std::uint32_t>(address) = value;
}

}  // namespace lintel::arch
