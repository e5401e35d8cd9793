// The stack as traps.S and the processor leave it when a trap comes (Intel SDM vol. 3A, 6.14.2).
// Invariant: the layout is traps.S's; both change together.
#pragma once

#include <cstddef>
#include <cstdint>

#include "arch/traps.hpp"

namespace lintel::arch {

struct TrapFrame {
    // Pushed by traps.S, the last one first.
    std::uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    std::uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
    std::uint64_t cr2;  // at the time of the trap: a later page fault changes the register
    std::uint64_t vector;
    std::uint64_t error_code;  // 0 for those that have none
    // Pushed by the processor.
    std::uint64_t rip, cs, rflags, rsp, ss;
};
static_assert(sizeof(TrapFrame) == 23 * 8 && offsetof(TrapFrame, vector) == 16 * 8);

/// Exceptions by their vector (Intel SDM vol. 3A, table 6-1; AMD APM vol. 2, table 8-1).
enum class Vector : std::uint8_t {
    non_maskable_interrupt = 2,
    breakpoint = 3,
    double_fault = 8,
    invalid_tss = 10,
    segment_not_present = 11,
    stack_fault = 12,
    general_protection = 13,
    page_fault = 14,
    machine_check = 18,
    control_protection = 21,
};

inline constexpr unsigned exception_count = 32;
inline constexpr unsigned vector_count = 256;

}  // namespace lintel::arch
