// The log that a kernel has kept in memory (docs/kernel.md, "Log"), out of a machine that has failed.
// Invariant: whatever is in that memory, it comes to at most 512 lines of text that can be shown, or to a sentence.
#pragma once

#include "runner/debug_info/debug_info.hpp"
#include "runner/machine/guest_memory.hpp"

namespace lintel::runner {

struct KernelLog {
    std::vector<std::string> lines{};  // whole ones, with their stamps, the oldest first
    std::string broken{};              // why there are none, where the kernel has a log that cannot be read
};

/// The log of a kernel that has an object `lintel::kernel_log`, or in C `kernel_log`. Nothing where it has none, or has
/// not opened it yet.
KernelLog read_kernel_log(const DebugInfo& kernel, const GuestMemory& memory);

/// The same from the object's bytes.
KernelLog parse_kernel_log(std::string_view object);

/// Those of the lines that are not in what came over the serial line.
std::vector<std::string> lines_missing_in(std::string_view serial, std::vector<std::string> lines);

}  // namespace lintel::runner
