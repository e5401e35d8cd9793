// What entry.S wrote down of the processor at the first instruction.
// Invariant: the layout is the one that entry.S writes, pinned below.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace lintel::conformance {

/// What sgdt and sidt store.
struct [[gnu::packed]] TableRegister {
    std::uint16_t limit;
    std::uint64_t base;
};
static_assert(sizeof(TableRegister) == 10);

struct EntryState {
    std::array<std::uint64_t, 15> registers;  // rax rbx rcx rdx rsi rdi rbp r8-r15
    std::uint64_t stack_pointer;
    std::uint64_t return_address;
    std::uint64_t flags;
    std::uint64_t cr0;
    std::uint64_t cr3;
    std::uint64_t cr4;
    std::array<std::uint64_t, 6> segments;  // cs ds es ss fs gs
    std::uint16_t task_register;
    std::uint16_t local_table;
    std::uint32_t unused;
    std::uint64_t by_request;  // 1: through the Entry Point request; 0: through the ELF header
    TableRegister global_table;
    std::array<std::byte, 6> padding;
    TableRegister interrupt_table;
};
static_assert(offsetof(EntryState, stack_pointer) == 0x78 && offsetof(EntryState, segments) == 0xa8);
static_assert(offsetof(EntryState, task_register) == 0xd8 && offsetof(EntryState, by_request) == 0xe0);
static_assert(offsetof(EntryState, global_table) == 0xe8 && offsetof(EntryState, interrupt_table) == 0xf8);

extern "C" EntryState entry_state;

}  // namespace lintel::conformance
