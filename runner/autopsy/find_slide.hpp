// How far a loader has moved a kernel (KASLR), from the machine's memory: no loader has to tell.
// Invariant: a slide that is given is one at which the kernel's first instructions are in memory.
#pragma once

#include "runner/debug_info/debug_info.hpp"
#include "runner/machine/guest_memory.hpp"

namespace lintel::runner {

/// Nothing while the kernel is not in memory.
std::optional<std::uint64_t> find_slide(const DebugInfo& linked, const GuestMemory& memory);

/// The same of a machine, by what its first processor sees.
std::optional<std::uint64_t> find_slide(const DebugInfo& linked, Qmp& control);

}  // namespace lintel::runner
