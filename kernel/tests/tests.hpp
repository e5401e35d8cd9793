// Tests that run in the machine, each of one guarantee. `test` on the command line or in the monitor runs them; what
// they say on the serial line is what `lintel test` reads (docs/runner.md, "Testing kernels"). A test that panics or
// hangs was announced before, so it has a name, too.
// Invariant: a test leaves the machine as it found it; what it breaks is mended before it returns.
#pragma once

#include <cstdint>
#include <source_location>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "base/text.hpp"

namespace lintel {

struct KernelTest {
    std::string_view name;  // "topic: what_is_guaranteed"
    void (*run)();
};

// A list for each file, one a line; tests.cpp names them all.
extern const std::span<const KernelTest> acpi_tests;
extern const std::span<const KernelTest> heap_many_tests;
extern const std::span<const KernelTest> console_tests;
extern const std::span<const KernelTest> heap_tests;
extern const std::span<const KernelTest> input_tests;
extern const std::span<const KernelTest> interrupt_tests;
extern const std::span<const KernelTest> lock_kinds_tests;
extern const std::span<const KernelTest> log_many_tests;
extern const std::span<const KernelTest> log_tests;
extern const std::span<const KernelTest> memory_tests;
extern const std::span<const KernelTest> monitor_tests;
extern const std::span<const KernelTest> routing_tests;
extern const std::span<const KernelTest> runtime_tests;
extern const std::span<const KernelTest> soak_tests;
extern const std::span<const KernelTest> time_tests;
extern const std::span<const KernelTest> lock_tests;
extern const std::span<const KernelTest> processor_tests;
extern const std::span<const KernelTest> trap_tests;

/// What a kernel that tests itself ends the machine with (docs/runner.md, "Testing kernels").
inline constexpr std::uint8_t tests_passed = 0x10;
inline constexpr std::uint8_t tests_failed = 0x11;

/// Where `condition` is false, the running test has failed, and goes on. Any processor may call it.
void expect(bool condition, std::string_view why, std::source_location where = std::source_location::current());

namespace test_detail {

using Words = TextBuffer<200>;
void fail_test(const Words& why, std::source_location where);

}  // namespace test_detail

/// The same where two values differ; `what` is the first one's name: "the count is 3, not 4".
template <class T>
void expect_equal(const T& value, const std::type_identity_t<T>& wanted, std::string_view what,
                  std::source_location where = std::source_location::current()) {
    if (value == wanted) return;
    test_detail::Words why;
    print(why, "{} is {}, not {}", what, value, wanted);
    test_detail::fail_test(why, where);
}

/// Says why the running test cannot be done in this machine; it should return then.
void skip(std::string_view why);

/// Runs all tests whose name has `filter` in it, one after the other, and says how each went. How many failed. Fails
/// where none has such a name, or where this kernel has no tests: kernel.elf is built without them (no_tests.cpp),
/// kernel-test.elf is the same with them, and kernel-debug.elf has them and checks itself.
Result<unsigned> run_tests(std::string_view filter);

}  // namespace lintel
