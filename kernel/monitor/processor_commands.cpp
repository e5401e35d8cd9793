// What the monitor tells of processors, interrupts and stacks.
#include <array>

#include "kernel/debug/backtrace.hpp"
#include "kernel/debug/symbols.hpp"
#include "kernel/hand_over.hpp"
#include "kernel/image.hpp"
#include "kernel/interrupts/interrupts.hpp"
#include "kernel/monitor/commands.hpp"
#include "kernel/processors/processor.hpp"

namespace lintel {
namespace {

/// The stack that this runs on; an empty range where it is none of the kernel's own.
AddressRange own_stack() {
    const VirtAddr frame(reinterpret_cast<std::uint64_t>(__builtin_frame_address(0)));
    const auto stack = stack_at(frame);
    return stack ? stack->range : AddressRange{};
}

}  // namespace

Status show_processors(Terminal& terminal, std::string_view) {
    print(terminal, "number  APIC id  ACPI uid  stack\n");
    for (unsigned number = 0; number < processor_count(); ++number) {
        const Processor& one = processor(number);
        // The one that booted runs on the stack that it went on with, not on one to be idle on.
        const AddressRange stack = number == this_processor().number ? own_stack() : one.stack.range;
        print(terminal, "{:6}  {:7}  {:8}  {}-{}\n", one.number, one.apic_id, one.acpi_uid, stack.begin, stack.end);
    }
    return {};
}

Status show_interrupts(Terminal& terminal, std::string_view) {
    print(terminal, "vector      count  name\n");
    for_each_interrupt(
        [](const InterruptCount& one, void* to) {
            print(*static_cast<Terminal*>(to), "  0x{:02x} {:10}  {}\n", one.vector, one.count,
                  one.name.empty() ? "(nobody's)" : one.name);
        },
        &terminal);
    return {};
}

Status show_backtrace(Terminal& terminal, std::string_view) {
    const VirtAddr frame(reinterpret_cast<std::uint64_t>(__builtin_frame_address(0)));
    const auto stack = stack_at(frame);
    if (!stack) return fail(ErrorCode::not_found, "this is no stack of the kernel's own");
    const auto symbols = SymbolTable::find(executable_file());
    std::array<VirtAddr, 32> found;
    const std::size_t count = backtrace(frame, stack->range, text_range(), found);
    for (const VirtAddr address : std::span(found).first(count)) {
        // The call is before the address that it returns to, which may lie behind the function's end.
        const auto symbol = symbols ? symbols->function_at(address - 1) : std::nullopt;
        print(terminal, "called from {}", address);
        if (symbol) print(terminal, " {}+0x{:x}", readable_name(symbol->name).text(), symbol->offset + 1);
        terminal.write("\n");
    }
    return {};
}

}  // namespace lintel
