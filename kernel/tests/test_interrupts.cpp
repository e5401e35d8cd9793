// Interrupts that a processor sends itself.
#include <array>
#include <atomic>

#include "arch/arch.hpp"
#include "arch/local_apic.hpp"
#include "kernel/interrupts/interrupts.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/sync/spin_lock.hpp"
#include "kernel/tests/tests.hpp"

namespace lintel {
namespace {

/// Counts the interrupts of a vector of its own.
struct Counter {
    std::atomic<unsigned> came = 0;
    bool were_masked = false;
    unsigned depth = 0;
    unsigned vector = 0;

    static void handle(void* context) {
        auto& self = *static_cast<Counter*>(context);
        self.were_masked = !arch::interrupts_enabled();
        self.depth = this_processor().interrupt_depth;
        self.came.fetch_add(1);
    }
};

constinit Counter counter;

void send_to_self() {
    if (counter.vector == 0) counter.vector = add_interrupt_handler("test", Counter::handle, &counter).value_or(0);
    arch::send_interrupt(this_processor().apic_id, counter.vector);
}

void wait_for(unsigned count) {
    while (counter.came.load() < count) arch::wait_a_moment();
}

void an_interrupt_to_itself_arrives() {
    const unsigned before = counter.came.load();
    send_to_self();
    wait_for(before + 1);
}

void after_one_interrupt_comes_the_next() {
    const unsigned before = counter.came.load();
    for (unsigned i = 1; i <= 100; ++i) {
        send_to_self();
        wait_for(before + i);
    }
}

void a_masked_interrupt_waits() {
    const unsigned before = counter.came.load();
    {
        const InterruptsMasked masked;
        send_to_self();
        for (int i = 0; i < 10000; ++i) arch::wait_a_moment();
        expect(counter.came.load() == before, "it came while interrupts were masked");
    }
    wait_for(before + 1);
}

void handlers_run_with_interrupts_masked() {
    const unsigned before = counter.came.load();
    send_to_self();
    wait_for(before + 1);
    expect(counter.were_masked, "interrupts were enabled in the handler");
    expect(counter.depth == 1, "the handler does not know that it is one");
    expect(this_processor().interrupt_depth == 0, "the depth did not go back");
    expect(arch::interrupts_enabled(), "interrupts stayed masked afterwards");
}

void are_counted_by_vector() {
    struct Wanted {
        unsigned vector;
        std::uint64_t count = 0;
    };
    const auto count = [] {
        Wanted wanted{counter.vector};
        for_each_interrupt(
            [](const InterruptCount& one, void* context) {
                auto& to = *static_cast<Wanted*>(context);
                if (one.vector == to.vector) to.count = one.count;
            },
            &wanted);
        return wanted.count;
    };
    an_interrupt_to_itself_arrives();
    const std::uint64_t before = count();
    an_interrupt_to_itself_arrives();
    expect(count() == before + 1, "the count did not grow by one");
}

constexpr std::array<KernelTest, 5> interrupt_list = {{
    {"interrupts: one_to_itself_arrives", an_interrupt_to_itself_arrives},
    {"interrupts: after_one_comes_the_next", after_one_interrupt_comes_the_next},
    {"interrupts: a_masked_one_waits", a_masked_interrupt_waits},
    {"interrupts: handlers_run_with_interrupts_masked", handlers_run_with_interrupts_masked},
    {"interrupts: are_counted_by_vector", are_counted_by_vector},
}};

}  // namespace

const std::span<const KernelTest> interrupt_tests = interrupt_list;

}  // namespace lintel
