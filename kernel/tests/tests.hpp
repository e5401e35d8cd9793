// Tests that run in the machine, each of one guarantee. `test` on the command line or in the monitor runs them; what
// they say on the serial line is what `lintel test` reads (docs/runner.md, "Testing kernels").
#pragma once

#include <cstdint>
#include <source_location>
#include <span>
#include <string_view>

namespace lintel {

struct KernelTest {
    std::string_view name;  // "topic: what_is_guaranteed"
    void (*run)();
};

// A list for each file; tests.cpp names them all.
extern const std::span<const KernelTest> interrupt_tests;
extern const std::span<const KernelTest> trap_tests;

/// What a kernel that tests itself ends the machine with (docs/runner.md, "Testing kernels").
inline constexpr std::uint8_t tests_passed = 0x10;
inline constexpr std::uint8_t tests_failed = 0x11;

/// Where `condition` is false, the running test has failed, and goes on.
void expect(bool condition, std::string_view why, std::source_location where = std::source_location::current());

/// Runs all tests whose name has `filter` in it, one after the other, and logs how each went. How many failed; -1 where
/// none has such a name.
int run_tests(std::string_view filter);

}  // namespace lintel
