// Which device's line leads to which vector on which processor: the I/O APICs.
// Invariant: a line that nobody asked for is masked.
#pragma once

#include <cstdint>

#include "arch/io_apic.hpp"
#include "base/result.hpp"
#include "kernel/acpi/contents.hpp"

namespace lintel {

/// Takes over the I/O APICs that the MADT names, and silences what was there before them. Logs where there is none.
void open_routing();

/// Leads a line to `vector` on the processor whose APIC has the ID `apic_id`. Fails where there is no such line, or
/// where an I/O APIC cannot name that processor.
Status route_interrupt(const acpi::InterruptLine& line, unsigned vector, std::uint32_t apic_id);

/// The line that an interrupt of the ISA bus arrives at.
acpi::InterruptLine isa_line(std::uint8_t interrupt);

/// Masks a line, if there is such a one.
void mask_interrupt(std::uint32_t line);

/// Where a line leads to now. Fails where there is no such line.
Result<arch::Route> route_of(std::uint32_t line);

}  // namespace lintel
