// The tables that make a processor take its traps: GDT and TSS, one of each per processor, and one IDT for all
// (Intel SDM vol. 3A, 3.5.1, 6.10 to 6.14, 7.7; AMD APM vol. 2, 4.8, 8.9, 12.2.5).
// Invariant: once install_traps() has returned, no vector is without a handler.
#include "arch/traps.hpp"

#include <cstring>
#include <new>

#include "arch/x86_64/cpuid.hpp"
#include "arch/x86_64/registers.hpp"
#include "arch/x86_64/trap_frame.hpp"

// traps.S
extern "C" const char lintel_trap_entries[];
extern "C" void lintel_trap(lintel::arch::TrapFrame* frame);

void lintel_trap(lintel::arch::TrapFrame* frame) { lintel::arch::handle_trap(*frame); }

namespace lintel::arch {
namespace {

constexpr std::uint64_t entry_bytes = 16;  // from one entry of traps.S to the next

constexpr std::uint16_t code_selector = 0x08;
constexpr std::uint16_t data_selector = 0x10;
// 0x18 and 0x20 are left for user data and user code, in the order that SYSRET wants (Intel SDM vol. 2B, SYSRET).
constexpr std::uint16_t task_selector = 0x28;

constexpr std::uint64_t code_descriptor = 0x00209b0000000000;  // long mode, present, executable, accessed
constexpr std::uint64_t data_descriptor = 0x0000930000000000;  // present, writable, accessed

/// Where a stack begins, at any alignment.
struct [[gnu::packed]] StackTop {
    std::uint64_t address;
};

struct [[gnu::packed]] TaskState {
    std::uint32_t reserved_0;
    std::array<StackTop, 3> privilege_stacks;
    std::uint64_t reserved_1;
    std::array<StackTop, 7> interrupt_stacks;
    std::uint64_t reserved_2;
    std::uint16_t reserved_3;
    std::uint16_t permission_map;  // its size switches the map off
};
static_assert(sizeof(TaskState) == 104 && offsetof(TaskState, interrupt_stacks) == 36);

/// What is in a TrapTables.
struct Tables {
    std::array<std::uint64_t, 7> descriptors;
    TaskState task;
};
static_assert(sizeof(Tables) <= sizeof(TrapTables));

struct Gate {
    std::uint16_t offset_low;
    std::uint16_t selector;
    std::uint8_t stack;  // 0: the one in use; from 1 on, of the TSS
    std::uint8_t type;
    std::uint16_t offset_middle;
    std::uint32_t offset_high;
    std::uint32_t reserved;
};
static_assert(sizeof(Gate) == 16);

constexpr std::uint8_t interrupt_gate = 0x8e;  // present, masks interrupts, kernel only
constexpr std::uint8_t user_interrupt_gate = 0xee;

struct [[gnu::packed]] TableRegister {
    std::uint16_t limit;
    const void* base;
};

constinit std::array<Gate, vector_count> gates{};

std::uint8_t stack_for(unsigned vector) {
    auto stack = [](TrapStack which) { return static_cast<std::uint8_t>(static_cast<unsigned>(which) + 1); };
    switch (static_cast<Vector>(vector)) {
        case Vector::double_fault:
            return stack(TrapStack::double_fault);
        case Vector::non_maskable_interrupt:
            return stack(TrapStack::non_maskable_interrupt);
        case Vector::machine_check:
            return stack(TrapStack::machine_check);
        case Vector::page_fault:
            return stack(TrapStack::page_fault);
        default:
            return 0;
    }
}

void fill_gates() {
    for (unsigned vector = 0; vector < vector_count; ++vector) {
        const std::uint64_t entry = reinterpret_cast<std::uint64_t>(lintel_trap_entries) + vector * entry_bytes;
        gates[vector] = {
            .offset_low = static_cast<std::uint16_t>(entry),
            .selector = code_selector,
            .stack = stack_for(vector),
            .type = vector == static_cast<unsigned>(Vector::breakpoint) ? user_interrupt_gate : interrupt_gate,
            .offset_middle = static_cast<std::uint16_t>(entry >> 16),
            .offset_high = static_cast<std::uint32_t>(entry >> 32),
            .reserved = 0};
    }
}

/// A TSS descriptor takes two entries of the GDT (Intel SDM vol. 3A, figure 7-4).
void describe_task(std::array<std::uint64_t, 7>& descriptors, const TaskState& task) {
    const auto base = reinterpret_cast<std::uint64_t>(&task);
    constexpr std::uint64_t available_task = 0x89;
    constexpr std::size_t at = task_selector / 8;
    descriptors[at] =
        (sizeof(TaskState) - 1) | (base & 0xffffff) << 16 | available_task << 40 | (base >> 24 & 0xff) << 56;
    descriptors[at + 1] = base >> 32;
}

void load(const Tables& tables) {
    const TableRegister global{sizeof(tables.descriptors) - 1, tables.descriptors.data()};
    const TableRegister interrupts{sizeof(gates) - 1, gates.data()};
    // Safety: both tables are complete and stay. The far return reloads CS; the null selectors would do for the data
    // segments, but what a trap pushes as SS must be what IRETQ takes back.
    asm volatile(
        "lgdt %0\n\t"
        "pushq %2\n\t"
        "leaq 1f(%%rip), %%rax\n\t"
        "pushq %%rax\n\t"
        "lretq\n"
        "1:\n\t"
        "mov %3, %%ds\n\t"
        "mov %3, %%es\n\t"
        "mov %3, %%ss\n\t"
        "ltr %4\n\t"
        "lidt %1"
        :
        : "m"(global), "m"(interrupts), "i"(code_selector), "r"(std::uint32_t{data_selector}), "r"(task_selector)
        : "rax", "memory");
}

/// Until told that there is a handler, a processor answers a machine check by shutting down, which resets the machine
/// (Intel SDM vol. 3A, 6.15, interrupt 18; AMD APM vol. 2, 9.3.2).
void take_machine_checks() {
    constexpr std::uint32_t has_machine_checks = 1 << 7;  // Intel SDM vol. 2A, CPUID, leaf 1, EDX
    constexpr std::uint64_t cr4_machine_checks = 1 << 6;
    if ((cpuid(1).d & has_machine_checks) != 0) write_cr4(read_cr4() | cr4_machine_checks);
}

}  // namespace

void install_traps(TrapTables& tables, const std::array<VirtAddr, trap_stack_count>& stack_tops) {
    if (gates[0].type == 0) fill_gates();  // the boot processor comes here before any other runs
    // Safety: large and aligned enough, as asserted above.
    auto* made = new (tables.room.data()) Tables{};
    made->descriptors[code_selector / 8] = code_descriptor;
    made->descriptors[data_selector / 8] = data_descriptor;
    made->task.permission_map = sizeof(TaskState);
    for (std::size_t i = 0; i < trap_stack_count; ++i) made->task.interrupt_stacks[i] = {stack_tops[i].value()};
    describe_task(made->descriptors, made->task);
    load(*made);
    take_machine_checks();
}

TrapTableFacts trap_tables_in_use() {
    TableRegister global{}, interrupts{};
    // Safety: both only store what is loaded.
    asm volatile("sgdt %0\n\tsidt %1" : "=m"(global), "=m"(interrupts));
    const auto address = [](const void* table) { return VirtAddr(reinterpret_cast<std::uint64_t>(table)); };
    const auto& tables = *static_cast<const Tables*>(global.base);
    return {.segments = address(global.base),
            .segment_count = (global.limit + 1U) / 8,
            .gates = address(interrupts.base),
            .gate_count = (interrupts.limit + 1U) / static_cast<unsigned>(sizeof(Gate)),
            .task = address(&tables.task)};
}

}  // namespace lintel::arch
