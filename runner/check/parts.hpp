// The parts of a kernel's check, each a pass over the same kernel.
// Invariant: a pass adds remarks and changes nothing else.
#pragma once

#include <functional>

#include "loader/core/executable.hpp"
#include "runner/check/kernel.hpp"
#include "runner/check/sections.hpp"
#include "runner/debug_info/debug_info.hpp"

namespace lintel::runner {

/// A kernel that is being checked.
struct CheckedKernel {
    Bytes file;
    Sections sections;
    const DebugInfo* debug;  // null where there is none
    std::vector<Variable> variables{};

    /// What is at an address, in words.
    [[nodiscard]] Spot data_spot(std::uint64_t address) const;
    [[nodiscard]] Spot code_spot(std::uint64_t address) const;
};

/// An executable that the loader accepts, and its image at the addresses that it was linked for.
struct LoadedKernel {
    const loader::Executable& executable;
    MutableBytes image;

    [[nodiscard]] std::uint64_t address(std::uint64_t offset) const { return executable.base().value() + offset; }
};

/// "kernel/main.cpp:12"; empty where the line is not known.
std::string place_of(const SourceLine& source);

/// Program headers, as far as they concern a kernel.
void check_segments(const CheckedKernel& kernel, const loader::Executable& executable, Remarks& remarks);

/// Each relocation that the loader would not apply, with its symbol.
void check_relocations(const CheckedKernel& kernel, const LoadedKernel& loaded, Remarks& remarks);

/// The base revision tag, the markers and the requests.
void check_requests(const CheckedKernel& kernel, const LoadedKernel& loaded, KernelReport& report);

/// Variables of a request's type in whose place no request stands.
void check_dropped_requests(const CheckedKernel& kernel, const LoadedKernel& loaded, Remarks& remarks);

/// Instructions that use registers which nothing saves, and stack which belongs to interrupts.
void check_code(const CheckedKernel& kernel, const loader::Executable& executable, Remarks& remarks);

}  // namespace lintel::runner
