// Which paging mode the processor was entered in.
#pragma once

#include "arch/x86_64/registers.hpp"
#include "tests/conformance/arch-x86_64/entry_state.hpp"

namespace lintel::conformance {

inline bool has_five_levels() { return (entry_state.cr4 & arch::cr4_la57) != 0; }

}  // namespace lintel::conformance
