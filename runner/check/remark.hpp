// What a check says: remarks, each with a name that does not change and the places that it is about.
// Invariant: an error keeps the kernel from booting, a warning will hurt later, and a note is neither.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lintel::runner {

enum class Severity { error, warning, note };

/// An address in a kernel, or a line of a text.
struct Spot {
    std::uint64_t address = 0;  // as linked; 0 where it is not about one
    std::string symbol{};       // demangled; empty where none is known
    std::string source{};       // "kernel/main.cpp:12"; empty where that is not known
    std::string detail{};       // an instruction, a line's text
};

struct Remark {
    Severity severity;
    std::string name;  // such as "duplicate-request": what scripts and tests look for
    std::string text;  // one sentence, without a full stop
    std::vector<Spot> spots{};
    std::string advice{};  // what to do; empty where the sentence says it
};

using Remarks = std::vector<Remark>;

/// Whether there is anything that has to be mended: notes do not count.
inline bool has_faults(const Remarks& remarks) {
    return std::ranges::any_of(remarks, [](const Remark& one) { return one.severity != Severity::note; });
}

/// Errors, then warnings, then notes, each in the order in which they were found.
inline Remarks worst_first(Remarks remarks) {
    Remarks sorted;
    for (Severity severity : {Severity::error, Severity::warning, Severity::note})
        for (Remark& remark : remarks)
            if (remark.severity == severity) sorted.push_back(std::move(remark));
    return sorted;
}

}  // namespace lintel::runner
