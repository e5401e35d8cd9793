// The ACPI tables, as far as the specification of the boot protocol speaks of them (ACPI 6.5, chapter 5).
// Invariant: a table is handed out only with its whole length readable.
#pragma once

#include "base/list.hpp"
#include "tests/conformance/memory.hpp"

namespace lintel::conformance {

/// Where the RSDP lies in physical memory, whatever the base revision calls its address; nothing where there is none.
std::optional<std::uint64_t> rsdp_address();

/// The table with this header at a physical address; empty where its length makes no sense.
Bytes acpi_table(std::uint64_t address);

/// All tables that "Base Revision 4" names, each with its signature.
struct AcpiTable {
    std::string_view signature;
    Range range;
};
std::span<const AcpiTable> acpi_tables();

/// The first table of that signature; empty where there is none.
Bytes find_acpi_table(std::string_view signature);

}  // namespace lintel::conformance
