// What several parts read from DWARF's entries. Only files that know libdw include this.
// Invariant: what an entry does not say comes back empty.
#pragma once

#include <dwarf.h>
#include <elfutils/libdw.h>

#include "runner/debug_info/debug_info.hpp"

namespace lintel::runner {

/// What is read at most, of a file that may be damaged: compilation units, and entries within entries.
inline constexpr std::size_t most_units = 100'000;
inline constexpr int deepest = 64;

/// The file by the name that the unit has for it, from the folder in which it was compiled.
SourceLine in_folder_of(Dwarf_Die unit, const char* file, int line);

/// Where a variable, or what it specifies, is declared.
SourceLine declaration_of(Dwarf_Die unit, Dwarf_Die variable);

/// The fixed address of a variable; nothing where it has none, as when the optimizer has dropped it.
std::optional<std::uint64_t> address_of(Dwarf_Die variable);

}  // namespace lintel::runner
