// Silencing what could interrupt or write behind an executable's back before it is entered: interrupt controllers
// outside of processors, and IOMMUs ("Machine State at Entry", x86-64, base revision 5).
// Invariant: only masks and enables are changed; whatever else the firmware set up stays.
#pragma once

#include <cstdint>

#include "base/address.hpp"

namespace lintel::arch {

/// Masks all lines of the two 8259s.
void quiet_legacy_pics();

/// Which interrupts an I/O APIC is to keep to itself; others, such as SMI, are the firmware's in any case.
enum class Silence : std::uint8_t { fixed, fixed_nmi_and_extint };

/// Masks the redirection entries of the I/O APIC whose registers are at `registers`.
void quiet_io_apic(PhysAddr registers, Silence silence, DirectMap memory);

/// Ends DMA translation and interrupt remapping of an Intel VT-d unit.
void disable_vtd(PhysAddr registers, DirectMap memory);

/// Ends all work of an AMD-Vi unit.
void disable_amd_vi(PhysAddr registers, DirectMap memory);

}  // namespace lintel::arch
