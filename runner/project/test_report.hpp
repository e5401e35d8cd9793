// How kernels under test did, and how people and programs get to see it.
// Invariant: a kernel passes only when it said so itself and no test of it failed; no verdict is a failure.
#pragma once

#include <span>

#include "runner/host/colour.hpp"
#include "runner/machine/watch.hpp"
#include "runner/project/test_log.hpp"

namespace lintel::runner {

struct KernelResult {
    std::string name;
    std::vector<TestCase> cases{};  // none is running any more
    Exit code = Exit::success;      // how the kernel ended, as `lintel run` would say it
    double seconds = 0;
    unsigned attempts = 1;
    std::string log{};  // of the serial line, plain

    [[nodiscard]] bool passed() const { return code == Exit::success; }
    [[nodiscard]] std::size_t count(TestState state) const;
};

/// The verdict on the machine and what the kernel said, put together.
KernelResult judge(std::string name, const TestLog& log, const Conclusion& conclusion);

enum class ReportFormat { human, tap, junit };

/// A line for each test of one kernel.
std::string lines_for(const KernelResult& result, const Palette& palette);

/// "12 tests in 4 kernels: 11 passed, 1 failed"
std::string summary_of(std::span<const KernelResult> results);

std::string report_of(std::span<const KernelResult> results, ReportFormat format);

/// What the whole run ends with: the kernels' own code where all that failed ended alike, `failed` otherwise.
Exit exit_code(std::span<const KernelResult> results);

}  // namespace lintel::runner
