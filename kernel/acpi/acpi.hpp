// The machine's ACPI tables.
// Invariant: what the firmware got wrong costs the table at hand and is logged; the kernel goes on without it.
#pragma once

#include "kernel/acpi/tables.hpp"

namespace lintel {

/// Finds the tables and logs which there are, and which are refused and why.
void open_acpi();

/// The firmware's memory, as far as the direct map has it.
const acpi::TableMemory& firmware_memory();

/// None, where the machine has no ACPI that can be used.
const acpi::Tables& acpi_tables();

}  // namespace lintel
