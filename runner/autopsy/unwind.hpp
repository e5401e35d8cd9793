// Who called whom in a machine that stands still.
// Invariant: the walk goes up the stack only, ends, and gives return addresses into the kernel's code only.
#pragma once

#include "runner/autopsy/evidence.hpp"

namespace lintel::runner {

/// By call frame information where the kernel has it, by frame pointers where not.
std::vector<CallSite> callers_of(const Registers& registers, const DebugInfo& kernel, const GuestMemory& memory);

}  // namespace lintel::runner
