// Control registers, model-specific registers and port I/O, as functions.
// Invariant: each is one instruction; what it does to the machine is the caller's business.
#pragma once

#include <cstdint>

namespace lintel::arch {

inline constexpr std::uint64_t cr4_pae = 1 << 5;
inline constexpr std::uint64_t cr4_la57 = 1 << 12;

// Model-specific registers (Intel SDM vol. 4, table 2-2).
inline constexpr std::uint32_t msr_apic_base = 0x1b;
inline constexpr std::uint32_t msr_pat = 0x277;
inline constexpr std::uint32_t msr_x2apic_first = 0x800;
inline constexpr std::uint32_t msr_efer = 0xc0000080;
inline constexpr std::uint64_t efer_long_mode_enable = 1 << 8;
inline constexpr std::uint64_t efer_long_mode_active = 1 << 10;
inline constexpr std::uint64_t efer_no_execute = 1 << 11;

// Safety, for all of these: the operands name every register and all memory that the instruction uses.

inline std::uint64_t read_cr3() {
    std::uint64_t value;
    asm volatile("mov %%cr3, %0" : "=r"(value));
    return value;
}

inline std::uint64_t read_cr4() {
    std::uint64_t value;
    asm volatile("mov %%cr4, %0" : "=r"(value));
    return value;
}

inline void write_cr4(std::uint64_t value) { asm volatile("mov %0, %%cr4" : : "r"(value) : "memory"); }

inline std::uint64_t read_msr(std::uint32_t number) {
    std::uint32_t low, high;
    asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return std::uint64_t{high} << 32 | low;
}

inline void write_msr(std::uint32_t number, std::uint64_t value) {
    asm volatile("wrmsr"
                 :
                 : "c"(number), "a"(static_cast<std::uint32_t>(value)), "d"(static_cast<std::uint32_t>(value >> 32))
                 : "memory");
}

inline void write_back_and_invalidate_caches() { asm volatile("wbinvd" : : : "memory"); }

}  // namespace lintel::arch
