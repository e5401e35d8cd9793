// All processors: that they run, and what they do for each other.
#include <algorithm>
#include <array>
#include <atomic>

#include "arch/arch.hpp"
#include "arch/deliberate.hpp"
#include "arch/local_apic.hpp"
#include "arch/paging.hpp"
#include "base/acpi.hpp"
#include "kernel/acpi/acpi.hpp"
#include "kernel/interrupts/interrupts.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/memory/stacks.hpp"
#include "kernel/processors/calls.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/processors/shoot_down.hpp"
#include "kernel/sync/spin_lock.hpp"
#include "kernel/tests/tests.hpp"
#include "kernel/time/time.hpp"
#include "kernel/time/timers.hpp"

namespace lintel {
namespace {

/// Calls `function` on some processors at once: those that wait in vain for each other's turns cost a host, which has
/// fewer than they are, more than it finds out.
template <class F>
unsigned work_on_some(F function) {
    constexpr unsigned some = 8;
    work_on_each([&] {
        if (this_processor().number < some) function();
    });
    return std::min(some, processor_count());
}

void all_that_acpi_has_run() {
    const auto madt = acpi_tables().table(acpi::madt_signature);
    if (!madt) return skip("there is no MADT");
    bool all = true;
    acpi::for_each_processor(*madt, [&](const acpi::Processor& wanted) {
        bool runs = !wanted.usable;
        for (unsigned number = 0; number < processor_count(); ++number)
            runs = runs || processor(number).apic_id == wanted.apic_id;
        all = all && runs;
    });
    expect(all, "one of the MADT's processors does not run");
}

void each_knows_which_one_it_is() {
    for (unsigned number = 0; number < processor_count(); ++number)
        run_on(number, [&] {
            expect(this_processor().number == number, "it takes itself for another one");
            expect(&this_processor() == &processor(number), "it is not in its place in the list");
        });
}

void each_has_an_apic_of_its_own() {
    for (unsigned number = 0; number < processor_count(); ++number)
        for (unsigned other = 0; other < number; ++other)
            expect(processor(number).apic_id != processor(other).apic_id, "two have the same APIC ID");
}

void each_runs_on_a_guarded_stack_of_its_own() {
    std::array<VirtAddr, most_processors> stacks{};
    run_on_each([&] {
        const auto stack = stack_at(VirtAddr(reinterpret_cast<std::uint64_t>(__builtin_frame_address(0))));
        expect(stack.has_value(), "one runs on a stack that the kernel did not make");
        if (stack) stacks[this_processor().number] = stack->top();
    });
    for (unsigned number = 0; number < processor_count(); ++number)
        for (unsigned other = 0; other < number; ++other)
            expect(stacks[number] != stacks[other], "two run on one stack");
}

void all_have_the_kernels_tables_and_protections() {
    run_on_each([] {
        expect(arch::current_page_tables() == kernel_tables().root(), "one has other page tables");
        expect(arch::protections_hold(), "one has not all protections");
    });
}

void a_breakpoint_returns_on_each() {
    run_on_each([] { arch::execute_breakpoint(); });
}

void an_interrupt_to_each_arrives_there() {
    static constinit std::array<std::atomic<unsigned>, most_processors> came{};
    static constinit unsigned vector = 0;
    if (vector == 0)
        vector =
            add_interrupt_handler("test of all processors", [](void*) { ++came[this_processor().number]; }).value_or(0);
    for (unsigned number = 0; number < processor_count(); ++number) {
        const unsigned before = came[number].load();
        arch::send_interrupt(processor(number).apic_id, vector);
        while (came[number].load() == before) arch::wait_a_moment();
    }
}

void a_call_to_all_runs_once_on_each() {
    std::array<std::atomic<unsigned>, most_processors> ran{};
    for (unsigned round = 1; round <= 20; ++round) {
        run_on_each([&] { ++ran[this_processor().number]; });
        for (unsigned number = 0; number < processor_count(); ++number)
            expect(ran[number].load() == round, "a processor was left out, or called twice");
    }
}

void calls_run_with_interrupts_masked() {
    const auto look = [] { expect(!arch::interrupts_enabled(), "interrupts are enabled in a call"); };
    run_on_each(look);
    for (unsigned number = 0; number < processor_count(); ++number) run_on(number, look);
    expect(arch::interrupts_enabled(), "interrupts stayed masked afterwards");
}

void work_runs_with_interrupts_as_they_come() {
    std::atomic<unsigned> ran = 0;
    work_on_each([&] {
        expect(arch::interrupts_enabled(), "interrupts are masked");
        expect(this_processor().interrupt_depth == 0, "it runs in an interrupt");
        ++ran;
    });
    expect(ran.load() == processor_count(), "it did not run everywhere");
}

void all_can_call_all_with_interrupts_masked() {
    std::atomic<unsigned> ran = 0;
    constexpr unsigned rounds = 4;
    const unsigned callers = work_on_some([&] {
        const InterruptsMasked masked;
        for (unsigned round = 0; round < rounds; ++round)
            for (unsigned number = 0; number < processor_count(); ++number) run_on(number, [&] { ++ran; });
    });
    expect(ran.load() == rounds * callers * processor_count(), "a call was lost");
}

void a_call_can_call_back() {
    const unsigned self = this_processor().number;
    bool came_back = false;
    for (unsigned number = 0; number < processor_count(); ++number) {
        came_back = false;
        run_on(number, [&] { run_on(self, [&] { came_back = true; }); });
        expect(came_back, "the call back did not run");
    }
}

/// Whose handler calls another processor, too.
void a_call_can_be_interrupted_by_another_one_at_any_point() {
    if (processor_count() == 1) return skip("it takes two processors");
    struct Caller {
        Timer timer{fire, this};
        std::atomic<bool> over = false;
        static void fire(void* context) {
            run_on(1, [] {});
            static_cast<Caller*>(context)->over = true;
        }
    };
    const Instant end = now() + Duration::seconds(1);
    for (unsigned round = 0; now() < end; ++round) {
        Caller caller;
        start_timer(caller.timer, now() + Duration::nanoseconds(round % 997 * 101));
        while (!caller.over.load()) run_on(1, [] {});
    }
}

void a_lock_lets_one_in_at_a_time() {
    static constinit SpinLock lock("test of exclusion");
    // Not atomic: that is the lock's work.
    volatile std::uint64_t counter = 0;
    constexpr unsigned rounds = 200;
    const unsigned some = work_on_some([&] {
        for (unsigned i = 0; i < rounds; ++i) {
            const Locked locked(lock);
            counter = counter + 1;
        }
    });
    expect(counter == std::uint64_t{rounds} * some, "two were in at once");
}

/// Pages that nothing else uses, and two frames to be mapped there.
class TestPages {
public:
    static constexpr VirtAddr address{0xffffffc000000000};

    explicit TestPages(std::uint64_t count) : count_(count) {
        for (std::size_t i = 0; i < frames_.size(); ++i) {
            frames_[i] = *frames().allocate();
            *direct_map().pointer<volatile std::uint64_t>(frames_[i]) = i;
        }
        map(0);
    }
    ~TestPages() {
        unmap_pages(address, count_ * page_size);
        for (const PhysAddr frame : frames_) frames().free(frame);
    }
    TestPages(const TestPages&) = delete;
    TestPages& operator=(const TestPages&) = delete;

    void change_to(std::size_t which) {
        unmap_pages(address, count_ * page_size);
        map(which);
    }

    /// Whether this processor sees that frame at all of them.
    [[nodiscard]] bool are_seen_as(std::size_t which) const {
        for (std::uint64_t page = 0; page < count_; ++page)
            if (*reinterpret_cast<const volatile std::uint64_t*>((address + page * page_size).value()) != which)
                return false;
        return true;
    }

private:
    void map(std::size_t which) {
        for (std::uint64_t page = 0; page < count_; ++page)
            expect(map_pages({address + page * page_size, frames_[which], page_size, arch::Access::read_write,
                              arch::Caching::write_back})
                       .has_value(),
                   "the pages cannot be mapped");
    }

    std::uint64_t count_;
    std::array<PhysAddr, 2> frames_{};
};

/// What was mapped before may be remembered by a processor that has looked at it.
void change_pages_under_all_eyes(std::uint64_t count) {
    TestPages pages(count);
    for (std::size_t round = 0; round < 20; ++round) {
        run_on_each([&] { expect(pages.are_seen_as(round % 2), "a processor remembers what is no longer there"); });
        pages.change_to((round + 1) % 2);
    }
}

void an_unmapped_page_is_forgotten_by_every_processor() { change_pages_under_all_eyes(1); }
void many_unmapped_pages_are_forgotten_by_every_processor() { change_pages_under_all_eyes(100); }

void a_shoot_down_returns_when_all_have_done_it() {
    if (processor_count() == 1) return skip("it takes two processors");
    std::atomic<bool> is_deaf = false;
    std::atomic<bool> returned = false;
    work_on_each([&] {
        if (this_processor().number == 0) {
            while (!is_deaf) arch::wait_a_moment();
            flush_everywhere(TestPages::address, page_size);
            returned = true;
        } else if (this_processor().number == 1) {
            const InterruptsMasked masked;
            is_deaf = true;
            spin(Duration::milliseconds(5));
            expect(!returned.load(), "it did not wait for a processor with interrupts masked");
        }
    });
    expect(returned.load(), "it never returned");
}

void a_shoot_down_reaches_those_that_wait_for_a_lock() {
    static constinit SpinLock lock("test of shoot-downs");
    work_on_some([] {
        for (int i = 0; i < 5; ++i) {
            const Locked locked(lock);
            flush_everywhere(TestPages::address, page_size);
        }
    });
}

void shoot_downs_from_all_at_once_end() {
    work_on_some([] {
        for (int i = 0; i < 5; ++i) {
            const InterruptsMasked masked;
            flush_everywhere(TestPages::address, page_size);
        }
    });
}

constexpr std::array<KernelTest, 19> processor_list = {{
    {"processors: all_that_acpi_has_run", all_that_acpi_has_run},
    {"processors: each_knows_which_one_it_is", each_knows_which_one_it_is},
    {"processors: each_has_an_apic_of_its_own", each_has_an_apic_of_its_own},
    {"processors: each_runs_on_a_guarded_stack_of_its_own", each_runs_on_a_guarded_stack_of_its_own},
    {"processors: all_have_the_kernels_tables_and_protections", all_have_the_kernels_tables_and_protections},
    {"processors: a_breakpoint_returns_on_each", a_breakpoint_returns_on_each},
    {"processors: an_interrupt_to_each_arrives_there", an_interrupt_to_each_arrives_there},
    {"calls: one_to_all_runs_once_on_each", a_call_to_all_runs_once_on_each},
    {"calls: run_with_interrupts_masked", calls_run_with_interrupts_masked},
    {"calls: work_runs_with_interrupts_as_they_come", work_runs_with_interrupts_as_they_come},
    {"calls: all_can_call_all_with_interrupts_masked", all_can_call_all_with_interrupts_masked},
    {"calls: one_can_call_back", a_call_can_call_back},
    {"calls: one_can_be_interrupted_by_another_at_any_point", a_call_can_be_interrupted_by_another_one_at_any_point},
    {"locks: one_lets_one_in_at_a_time", a_lock_lets_one_in_at_a_time},
    {"shoot-down: an_unmapped_page_is_forgotten_by_every_processor", an_unmapped_page_is_forgotten_by_every_processor},
    {"shoot-down: many_unmapped_pages_are_forgotten_by_every_processor",
     many_unmapped_pages_are_forgotten_by_every_processor},
    {"shoot-down: returns_when_all_have_done_it", a_shoot_down_returns_when_all_have_done_it},
    {"shoot-down: reaches_those_that_wait_for_a_lock", a_shoot_down_reaches_those_that_wait_for_a_lock},
    {"shoot-down: from_all_at_once_ends", shoot_downs_from_all_at_once_end},
}};

}  // namespace

const std::span<const KernelTest> processor_tests = processor_list;

}  // namespace lintel
