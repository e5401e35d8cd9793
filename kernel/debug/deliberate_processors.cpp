// Failures of locks and of several processors. Without the checks of locks, what they catch would hang or go unnoticed.
#include <atomic>
#include <cstddef>
#include <new>

#include "arch/arch.hpp"
#include "arch/local_apic.hpp"
#include "base/result.hpp"
#include "kernel/debug/deliberate.hpp"
#include "kernel/interrupts/interrupts.hpp"
#include "kernel/log.hpp"
#include "kernel/processors/calls.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/processors/stop.hpp"
#include "kernel/sync/spin_lock.hpp"
#include "kernel/time/time.hpp"
#include "kernel/time/timers.hpp"

namespace lintel {
namespace {

constinit SpinLock first("first");
constinit SpinLock second("second");
constinit SpinLock third("third");

void take_twice() {
    const Locked once(first);
    const Locked twice(first);
}

void take_in_the_other_order() {
    {
        const Locked a(first);
        const Locked b(second);
    }
    {
        const Locked b(second);
        const Locked c(third);
    }
    const Locked c(third);
    const Locked a(first);
}

/// Room for a lock's holder that no block ends.
alignas(Locked) constinit std::array<std::byte, sizeof(Locked)> room{};

void release_on_another_processor() {
    Locked* held = nullptr;
    work_on_each([&] {
        if (this_processor().number == processor_count() - 1) held = new (room.data()) Locked(first);
    });
    held->~Locked();
}

void take_an_interrupt_with_a_lock() {
    const Locked locked(first);
    arch::enable_interrupts();
    arch::send_interrupt(this_processor().apic_id, call_vector);
    for (;;) arch::wait_a_moment();
}

void return_from_a_handler_with_a_lock() {
    const auto vector = add_interrupt_handler("taker", [](void*) { new (room.data()) Locked(first); });
    arch::send_interrupt(this_processor().apic_id, *vector);
    for (;;) arch::wait_a_moment();
}

void call_another_processor_with_a_lock() {
    const Locked locked(first);
    run_on(processor_count() - 1, [] {});
    log("there is no other processor to call");
}

void panic_on_all_at_once() {
    static constinit std::atomic<unsigned> ready = 0;
    run_on_each([] {
        ++ready;
        while (ready.load() < processor_count()) arch::wait_a_moment();
        panic("asked for on all processors at once");
    });
}

/// Logs from now on, in its processor's timer interrupt, most of the time.
struct Talker {
    Timer timer{talk, this};
    static void talk(void* self) {
        log("processor {} goes on talking", this_processor().number);
        start_timer(static_cast<Talker*>(self)->timer, now() + Duration::microseconds(5));
    }
};

void have_all_others_talk() {
    run_on_each([] {
        if (this_processor().number != 0) start_timer((new Talker)->timer, now());
    });
}

void send_nmi_to_self() {
    arch::send_nmi(this_processor().apic_id);
    for (;;) arch::wait_a_moment();
}

/// As in a panic, from where no other processor runs any more.
void panic_among_nmis() {
    stop_others();
    for (int i = 0; i < 10; ++i) arch::send_nmi(this_processor().apic_id);
    panic("asked for among NMIs");
}

constexpr std::array<Failing, 10> all = {{
    {"lock-twice", "a lock that its holder takes again", take_twice, true},
    {"lock-order", "locks taken in the one order and in the other", take_in_the_other_order, true},
    {"lock-release", "a lock that another processor releases", release_on_another_processor, true},
    {"lock-interrupt", "an interrupt with a lock held", take_an_interrupt_with_a_lock, true},
    {"lock-handler", "an interrupt handler that keeps a lock", return_from_a_handler_with_a_lock, true},
    {"lock-call", "a call to another processor with a lock held", call_another_processor_with_a_lock, true},
    {"panic-everywhere", "panic() on all processors at once", panic_on_all_at_once},
    {"talk", "all other processors log, and do not stop", have_all_others_talk},
    {"nmi", "an interrupt that cannot be masked", send_nmi_to_self},
    {"nmi-in-panic", "the same, when the other processors have stopped", panic_among_nmis},
}};

}  // namespace

const std::span<const Failing> processor_failings = all;

}  // namespace lintel
