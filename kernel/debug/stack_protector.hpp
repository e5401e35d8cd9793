// A number between each function's arrays and its way back: who writes past an array changes it, and is found out as
// the function returns. The kernel that checks itself is compiled so (-fstack-protector-strong).
// Invariant: the number changes only where no function on the stack will look at it again.
#pragma once

#include "kernel/checks.hpp"

namespace lintel {

/// Chooses the number at random. Its caller must not return.
void choose_stack_canary();

/// Whether it was chosen.
bool has_stack_canary();

/// Chooses it where this build uses it.
inline void open_stack_protector() {
    if constexpr (checks) choose_stack_canary();
}

}  // namespace lintel
