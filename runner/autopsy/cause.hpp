// The likely cause of a failure, where its pattern is known.
// Invariant: a cause follows from the evidence alone; where no pattern fits there is none.
#pragma once

#include "runner/autopsy/evidence.hpp"

namespace lintel::runner {

struct Cause {
    std::string name{};      // the defect's name, always the same words: "stack overflow"
    std::string sentence{};  // what shows it, and what to do where that is plain
};

std::optional<Cause> likely_cause(const Evidence& evidence);

/// Why nobody handled the fault; empty where that is not known.
std::string why_unhandled(const Evidence& evidence);

/// What an address is, in words: "the kernel's .rodata, read-only".
std::string describe(const AddressFacts& facts);

}  // namespace lintel::runner
