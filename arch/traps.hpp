// Traps: exceptions and interrupts, as a port delivers them to the kernel.
// Invariant: whatever the interrupted code did to its stack, the traps that TrapStack names find one that works.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/address.hpp"
#include "base/text.hpp"

namespace lintel::arch {

/// What stopped a processor, as far as a kernel tells them apart.
enum class Trap : std::uint8_t {
    exception,   // the code at hand did what it may not do
    breakpoint,  // asks for a debugger; returning from it goes on
    page_fault,
    double_fault,
    non_maskable_interrupt,
    machine_check,
    interrupt,  // from a device, a timer or another processor
};

/// The interrupted code's registers, where the entry code has put them; the port knows the layout.
struct TrapFrame;

struct TrapFacts {
    Trap trap;
    unsigned vector;
    VirtAddr instruction;
    VirtAddr stack;
    VirtAddr frame;                     // the frame pointer, where a backtrace begins
    bool not_mapped = false;            // a page fault where no page is
    std::optional<VirtAddr> address{};  // what a page fault, or a double fault that one led to, was about
};

TrapFacts facts_of(const TrapFrame& frame);

/// What happened, in words, on one line: "page fault: wrote to 0x8, which is not mapped".
TextBuffer<192> describe(const TrapFrame& frame);

struct NamedRegister {
    std::string_view name;
    std::uint64_t value;
};

/// All registers that a report shows, in the order of the processor's manual; names are empty behind the last one.
std::array<NamedRegister, 24> registers_of(const TrapFrame& frame);

/// Traps that get a stack of their own, since they come where the interrupted one cannot be trusted.
enum class TrapStack : std::uint8_t { double_fault, non_maskable_interrupt, machine_check, page_fault };
inline constexpr std::size_t trap_stack_count = 4;

/// Room for the tables by which one processor finds its trap handlers. Must stay where it is while they are in use.
struct alignas(16) TrapTables {
    std::array<std::byte, 192> room{};
};

/// Makes this processor deliver all of its traps to handle_trap(). `stack_tops` are 16-byte aligned, in the order of
/// TrapStack. Interrupts stay masked if they were.
void install_traps(TrapTables& tables, const std::array<VirtAddr, trap_stack_count>& stack_tops);

/// Where this processor finds its segments, its handlers and its trap stacks: x86's GDT, IDT and task state.
struct TrapTableFacts {
    VirtAddr segments;
    unsigned segment_count = 0;
    VirtAddr gates;
    unsigned gate_count = 0;
    VirtAddr task;
};

/// As the processor says itself, once install_traps() has been there.
TrapTableFacts trap_tables_in_use();

/// Called for each trap, with interrupts masked; returning goes on where the trap came. The kernel supplies it.
void handle_trap(TrapFrame& frame);

}  // namespace lintel::arch
