// In a file of its own and never inlined: debuggers and tests stop here.
#include "kernel/hlt_loop.hpp"

#include "arch/arch.hpp"

namespace lintel {

[[gnu::noinline]] void hlt_loop() {
    arch::disable_interrupts();
    // A loop, because a non-maskable or system-management interrupt ends one `hlt`.
    for (;;) arch::wait_for_interrupt();
}

}  // namespace lintel
