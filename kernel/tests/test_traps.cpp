// Traps that return.
#include <array>

#include "arch/deliberate.hpp"
#include "kernel/tests/tests.hpp"

namespace lintel {
namespace {

void breakpoint_returns() {
    volatile int before = 1;
    arch::execute_breakpoint();
    expect(before == 1, "the stack changed");
}

constexpr std::array<KernelTest, 1> tests = {{
    {"traps: a_breakpoint_returns", breakpoint_returns},
}};

}  // namespace

const std::span<const KernelTest> trap_tests = tests;

}  // namespace lintel
