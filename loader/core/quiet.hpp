// Which interrupt controllers and IOMMUs there are, as ACPI tells it, and the silencing of each ("Machine State at
// Entry", x86-64).
// Invariant: runs after the firmware's part has ended, since firmware needs all of them to work.
#pragma once

#include "base/address.hpp"
#include "loader/core/acpi.hpp"
#include "loader/core/boot.hpp"

namespace lintel::loader {

/// Silences what all processors have in common.
void quiet_machine(const Prepared& prepared, DirectMap memory);

/// Silences the local APIC, which is enabled, of the processor that runs.
void quiet_local_apic(const AcpiTables& tables, DirectMap memory);

}  // namespace lintel::loader
