#include "kernel/debug/stack_protector.hpp"

#include <cstdint>
#include <source_location>

#include "arch/arch.hpp"
#include "base/result.hpp"

namespace {

/// Until one has been chosen, better than 0.
constexpr std::uintptr_t unchosen_canary = 0x5bd1e995a7c3d600;

}  // namespace

// The names are the compiler's.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
extern constinit std::uintptr_t __stack_chk_guard;
[[noreturn]] void __stack_chk_fail();

constinit std::uintptr_t __stack_chk_guard = unchosen_canary;

void __stack_chk_fail() {
    lintel::panic("a function wrote past its variables on the stack: the one that called __stack_chk_fail",
                  std::source_location{});
}
}
// NOLINTEND(bugprone-reserved-identifier)

namespace lintel {

void choose_stack_canary() {
    const std::uint64_t random = arch::hardware_random().value_or(arch::timestamp() * 0x9e3779b97f4a7c15);
    // The first byte in memory stays 0: what copies a string cannot bring it along.
    __stack_chk_guard = random & ~std::uintptr_t{0xff};
}

bool has_stack_canary() { return __stack_chk_guard != unchosen_canary; }

}  // namespace lintel
