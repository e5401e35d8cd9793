// The autopsy: what a machine that has failed tells about why.
// Invariant: it takes bounded time and leaves the machine standing still; what cannot be found out is left out.
#pragma once

#include "runner/autopsy/cause.hpp"
#include "runner/machine/machine.hpp"
#include "runner/machine/watch.hpp"

namespace lintel::runner {

struct Autopsy {
    std::string headline;  // for the verdict's sentence: "page fault (#PF) in crash at main.cpp:12: null pointer"
    std::string text;      // many lines
};

/// Examines a machine whose verdict asks for it, and adds the headline to the verdict's sentence. `kernel` may be
/// null; it gets the slide that it runs with. `log` is what came over the serial line last, as plain text.
std::optional<Autopsy> examine(Machine& machine, DebugInfo* kernel, Conclusion& conclusion, std::string_view log);

/// The evidence on a machine that stands still, from what QEMU says of it; nothing without registers.
std::optional<Evidence> collect(Qmp& control, const FaultLog& faults, DebugInfo* kernel, Ending ending);

/// The same evidence in words.
Autopsy report(const Evidence& evidence);

}  // namespace lintel::runner
