// Traps that return, and what handlers find.
#include <algorithm>
#include <array>

#include "arch/arch.hpp"
#include "arch/deliberate.hpp"
#include "arch/local_apic.hpp"
#include "kernel/interrupts/interrupts.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/memory/stacks.hpp"
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

constexpr std::array<KernelTest, 7> tests = {{
    {"traps: a_breakpoint_returns", breakpoint_returns},
    {"traps: a_breakpoint_keeps_all_registers_and_flags", a_breakpoint_keeps_all_registers},
    {"traps: a_hundred_breakpoints_leave_the_stack_as_it_was", a_hundred_breakpoints},
    {"traps: a_handler_knows_its_processor", a_handler_knows_its_processor},
    {"traps: a_handler_runs_on_the_interrupted_stack", a_handler_runs_on_the_interrupted_stack},
    {"traps: a_handler_can_use_string_instructions", a_handler_can_use_strings},
    {"traps: stacks_end_in_pages_that_are_not_mapped", stacks_end_in_unmapped_pages},
}};

}  // namespace

const std::span<const KernelTest> trap_tests = tests;

}  // namespace lintel
