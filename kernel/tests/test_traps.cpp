// Traps that return, and what handlers find.
#include <algorithm>
#include <array>
#include <cstring>

#include "arch/arch.hpp"
#include "arch/deliberate.hpp"
#include "arch/local_apic.hpp"
#include "kernel/image.hpp"
#include "kernel/interrupts/interrupts.hpp"
#include "kernel/memory/lazy.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/memory/stacks.hpp"
#include "kernel/processors/calls.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/tests/tests.hpp"

namespace lintel {
namespace {

void breakpoint_returns() {
    volatile int before = 1;
    arch::execute_breakpoint();
    expect(before == 1, "the stack changed");
}

void a_breakpoint_keeps_all_registers() { expect(arch::breakpoint_keeps_registers(), "a register changed"); }

void a_hundred_breakpoints() {
    const auto before = __builtin_frame_address(0);
    for (int i = 0; i < 100; ++i) arch::raise_exception(3);
    expect(before == __builtin_frame_address(0), "the frame is another one");
}

constinit Processor* seen = nullptr;
constinit VirtAddr frame_seen;
constinit bool text_moved = false;

/// In a handler, whatever the interrupted code left behind: the processor's own data, the stack, string instructions.
void look_around(void*) {
    seen = &this_processor();
    frame_seen = VirtAddr(reinterpret_cast<std::uint64_t>(__builtin_frame_address(0)));
    std::array<char, 32> text{};
    std::ranges::copy(std::string_view("forward"), text.begin());
    text_moved = std::string_view(text.data()) == "forward";
}

void interrupt_this_processor() {
    static const unsigned vector = add_interrupt_handler("looks around", look_around).value_or(0);
    seen = nullptr;
    arch::send_interrupt(this_processor().apic_id, vector);
    while (*static_cast<Processor* volatile*>(&seen) == nullptr) arch::wait_a_moment();
}

void a_handler_knows_its_processor() {
    interrupt_this_processor();
    expect(seen == &this_processor(), "this_processor() is another one in a handler");
    expect(seen->self == seen, "the processor's data do not start with their own address");
}

void a_handler_runs_on_the_interrupted_stack() {
    interrupt_this_processor();
    const auto stack = stack_at(VirtAddr(reinterpret_cast<std::uint64_t>(__builtin_frame_address(0))));
    expect(stack && stack->range.contains(frame_seen), "the handler ran on another stack");
}

void a_handler_can_use_strings() {
    interrupt_this_processor();
    expect(text_moved, "what was copied in a handler is not there");
}

void stacks_end_in_unmapped_pages() {
    const auto stack = stack_at(VirtAddr(reinterpret_cast<std::uint64_t>(__builtin_frame_address(0))));
    expect(stack.has_value(), "the tests do not run on a kernel stack");
    if (!stack) return;
    expect(!kernel_tables().translate(stack->range.begin - 1), "the page below the stack is mapped");
    expect(overflowed_stack(stack->range.begin - 1).has_value(), "the guard page does not know its stack");
    expect(!overflowed_stack(stack->range.begin), "the stack's own page is taken for a guard page");
}

constexpr std::array<std::string_view, arch::trap_stack_count> trap_stack_names = {"double fault", "NMI",
                                                                                   "machine check", "page fault"};

void trap_stacks_are_guarded_and_named() {
    std::array<VirtAddr, arch::trap_stack_count * most_processors> tops;
    std::size_t count = 0;
    for (unsigned number = 0; number < processor_count(); ++number) {
        for (std::size_t i = 0; i < arch::trap_stack_count; ++i) {
            const VirtAddr top = processor(number).trap_stacks[i];
            const auto stack = stack_at(top - 1);
            expect(stack && stack->top() == top, "a trap's stack is no kernel stack");
            if (!stack) return;
            const VirtAddr guard = stack->range.begin - 1;
            expect(!kernel_tables().translate(guard), "the page below a trap's stack is mapped");
            expect(!kernel_tables().translate(top), "the page above a trap's stack is mapped");
            expect_equal(overflowed_stack(guard).value_or("nobody's"), trap_stack_names[i], "the guard page's stack");
            tops[count++] = top;
        }
    }
    std::sort(tops.begin(), tops.begin() + count);
    expect(std::adjacent_find(tops.begin(), tops.begin() + count) == tops.begin() + count, "two share a stack");
}

/// Where the processor has put what it interrupted: the instruction in the kernel's text, and the stack.
void page_faults_come_on_their_stack() {
    const auto lazy = reserve_lazily(most_processors * page_size);
    expect(lazy.has_value(), "no addresses");
    if (!lazy) return;
    work_on_each([&] {
        const Processor& self = this_processor();
        const VirtAddr top = self.trap_stacks[static_cast<std::size_t>(arch::TrapStack::page_fault)];
        std::array<std::uint64_t, 16> frame{};
        const auto own_stack = stack_at(VirtAddr(reinterpret_cast<std::uint64_t>(&frame)));
        // Safety: no page fault is being handled on this processor, so nobody uses its stack for them.
        auto* stack = reinterpret_cast<std::byte*>(top.value()) - sizeof(frame);
        std::memset(stack, 0, sizeof(frame));
        *reinterpret_cast<volatile char*>((lazy->begin + self.number * page_size).value()) = 1;
        std::memcpy(frame.data(), stack, sizeof(frame));
        const auto has = [&](auto range) {
            return std::ranges::any_of(frame, [&](std::uint64_t word) { return range.contains(VirtAddr(word)); });
        };
        expect(has(text_range()), "the instruction that faulted is not on the stack for page faults");
        expect(own_stack && has(own_stack->range), "the interrupted stack is not on the stack for page faults");
    });
    release_lazily(*lazy);
}

constexpr std::array<KernelTest, 9> trap_list = {{
    {"traps: a_breakpoint_returns", breakpoint_returns},
    {"traps: a_breakpoint_keeps_all_registers_and_flags", a_breakpoint_keeps_all_registers},
    {"traps: a_hundred_breakpoints_leave_the_stack_as_it_was", a_hundred_breakpoints},
    {"traps: a_handler_knows_its_processor", a_handler_knows_its_processor},
    {"traps: a_handler_runs_on_the_interrupted_stack", a_handler_runs_on_the_interrupted_stack},
    {"traps: a_handler_can_use_string_instructions", a_handler_can_use_strings},
    {"traps: stacks_end_in_pages_that_are_not_mapped", stacks_end_in_unmapped_pages},
    {"traps: each_processors_stacks_for_traps_are_its_own_guarded_and_named", trap_stacks_are_guarded_and_named},
    {"traps: page_faults_are_handled_on_their_own_stack_on_each_processor", page_faults_come_on_their_stack},
}};

}  // namespace

const std::span<const KernelTest> trap_tests = trap_list;

}  // namespace lintel
