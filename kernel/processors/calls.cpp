#include "kernel/processors/calls.hpp"

#include <array>
#include <cstddef>
#include <new>

#include "arch/arch.hpp"
#include "arch/local_apic.hpp"
#include "base/result.hpp"
#include "kernel/interrupts/interrupts.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/processors/shoot_down.hpp"
#include "kernel/sync/spin_lock.hpp"

namespace lintel {
namespace {

using Queue = CallQueue Processor::*;

void send(Processor& to, Queue queue, CallRequest& request) {
    // Masked: a handler's own call would find the queue filled, and wait for an interrupt that is still to be sent.
    const InterruptsMasked masked;
    if ((to.*queue).push(request)) arch::send_interrupt(to.apic_id, call_vector);
}

void wait_for(const CallRequest& request) {
    if constexpr (checks) require_no_lock("a processor waits for another one");
    while (!request.done.load(std::memory_order_acquire)) {
        serve_calls();
        arch::wait_a_moment();
    }
}

/// One request for each other processor; `here` is called while they are under way.
template <class F>
void send_to_others(Queue queue, CalledFunction call, void* context, F here) {
    // Raw room: making 256 requests where a few are wanted would cost more than sending those.
    alignas(CallRequest) std::array<std::byte, most_processors * sizeof(CallRequest)> room;
    const unsigned self = this_processor().number;
    const unsigned count = processor_count();
    // Safety: each request is made in its own place before it is used, and needs no destructor.
    auto* requests = reinterpret_cast<CallRequest*>(room.data());
    for (unsigned number = 0; number < count; ++number)
        if (number != self) send(processor(number), queue, *new (requests + number) CallRequest{call, context});
    here();
    for (unsigned number = 0; number < count; ++number)
        if (number != self) wait_for(requests[number]);
}

void call_here(CalledFunction call, void* context) {
    const InterruptsMasked masked;
    call(context);
}

}  // namespace

void open_calls() {
    set_interrupt_handler(call_vector, "calls", [](void*) { serve_calls(); });
}

void run_on(unsigned number, CalledFunction call, void* context) {
    if (number == this_processor().number) return call_here(call, context);
    CallRequest request{call, context};
    send(processor(number), &Processor::calls, request);
    wait_for(request);
}

void run_on_each(CalledFunction call, void* context) {
    // Masked: a caller that went elsewhere meanwhile would be called twice.
    const InterruptsMasked masked;
    send_to_others(&Processor::calls, call, context, [&] { call(context); });
}

void work_on_each(CalledFunction call, void* context) {
    ensure(this_processor().number == 0, "work is given out by another processor than the one that booted");
    send_to_others(&Processor::work, call, context, [&] { call(context); });
}

void serve_calls() {
    const InterruptsMasked masked;
    serve_flush();
    this_processor().calls.serve();
}

}  // namespace lintel
