// Functions that run on other processors.
// Invariant: whoever waits for another processor does meanwhile what others want of this one, so that no two wait for
// each other, whether interrupts are masked or not. With a lock held nobody may wait so: the other one might want it.
#pragma once

#include <concepts>
#include <type_traits>

#include "kernel/processors/call_queue.hpp"

namespace lintel {

/// Makes the interrupt known by which processors call each other.
void open_calls();

/// Calls `call` on processor `number`, which interrupts what it does there, and returns when it is through. Interrupts
/// are masked there. `number` may be that of this processor.
void run_on(unsigned number, CalledFunction call, void* context);

/// The same on all processors at once, this one among them.
void run_on_each(CalledFunction call, void* context);

/// Calls `call` on all processors at once, this one among them, with interrupts as they come: on the others from
/// their idle loops, so for work that takes its time. For the processor that booted, which has no idle loop.
void work_on_each(CalledFunction call, void* context);

/// Does what others want of this processor; for loops that wait with interrupts masked.
void serve_calls();

/// As a CalledFunction: the function whose address is the context.
template <std::invocable F>
void call_function(void* function) {
    (*static_cast<F*>(function))();
}

template <std::invocable F>
void run_on(unsigned number, F function) {
    run_on(number, call_function<F>, &function);
}
template <std::invocable F>
void run_on_each(F function) {
    run_on_each(call_function<F>, &function);
}
template <std::invocable F>
void work_on_each(F function) {
    work_on_each(call_function<F>, &function);
}

}  // namespace lintel
