// Silencing what could interrupt or write behind an executable's back before it is entered: interrupt controllers
// and IOMMUs ("Machine State at Entry", x86-64, base revision 5).
// Invariant: only masks and enables are changed; whatever else the firmware set up stays.
#pragma once

#include <cstdint>
#include <span>

#include "base/address.hpp"

namespace lintel::arch {

/// A local interrupt pin of this processor's APIC that is wired to NMI (MADT types 4 and 0x0A).
struct LocalNmi {
    std::uint8_t pin;     // 0: LINT0, 1: LINT1
    std::uint16_t flags;  // MPS INTI flags (ACPI 6.5, table 5.26)
};

/// Masks all lines of the two 8259s.
void quiet_legacy_pics();

/// Masks the redirection entries of the I/O APIC whose registers are at `registers`.
void quiet_io_apic(PhysAddr registers, DirectMap memory);

/// The ID of this processor's local APIC.
std::uint32_t local_apic_id(DirectMap memory);

/// Enables this processor's local APIC and masks its local vectors, NMI pins as `nmis` say.
void quiet_local_apic(std::span<const LocalNmi> nmis, DirectMap memory);

/// Ends DMA translation and interrupt remapping of an Intel VT-d unit.
void disable_vtd(PhysAddr registers, DirectMap memory);

/// Ends all work of an AMD-Vi unit.
void disable_amd_vi(PhysAddr registers, DirectMap memory);

}  // namespace lintel::arch
