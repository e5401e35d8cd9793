// Control registers, model-specific registers and port I/O, as functions.
// Invariant: each is one instruction; what it does to the machine is the caller's business.
#pragma once

#include <cstdint>

#include "arch/page_tables.hpp"
#include "arch/x86_64/cpuid.hpp"

namespace lintel::arch {

inline constexpr std::uint64_t cr0_not_write_through = 1 << 29;
inline constexpr std::uint64_t cr0_cache_disable = 1 << 30;
inline constexpr std::uint64_t cr4_pae = 1 << 5;
inline constexpr std::uint64_t cr4_la57 = 1 << 12;

/// What an executable finds in CR4 ("Machine State at Entry").
constexpr std::uint64_t cr4_for(Levels levels) { return cr4_pae | (levels == Levels::five ? cr4_la57 : 0); }

// Model-specific registers (Intel SDM vol. 4, table 2-2).
inline constexpr std::uint32_t msr_apic_base = 0x1b;
inline constexpr std::uint32_t msr_xapic_disable_status = 0xbd;
inline constexpr std::uint32_t msr_mtrr_capability = 0xfe;
inline constexpr std::uint32_t msr_arch_capabilities = 0x10a;
inline constexpr std::uint32_t msr_mtrr_variable_first = 0x200;
inline constexpr std::uint32_t msr_pat = 0x277;
inline constexpr std::uint32_t msr_mtrr_default_type = 0x2ff;
inline constexpr std::uint32_t msr_x2apic_first = 0x800;
inline constexpr std::uint32_t msr_efer = 0xc0000080;
inline constexpr std::uint32_t msr_gs_base = 0xc0000101;

/// PAT0..5 as the protocol fixes them: WB, WT, UC-, UC, WP, WC (encodings: Intel SDM vol. 3A, 12.12.2); 6 and 7 UC.
inline constexpr std::uint64_t page_attributes = 0x0000'0105'0007'0406;

inline constexpr std::uint64_t efer_long_mode_enable = 1 << 8;
inline constexpr std::uint64_t efer_long_mode_active = 1 << 10;
inline constexpr std::uint64_t efer_no_execute = 1 << 11;

/// Long mode, and page-table entries that forbid execution where the processor has them.
inline std::uint64_t efer_for_tables() { return efer_long_mode_enable | (has_no_execute() ? efer_no_execute : 0); }

// Safety, for all of these: the operands name every register and all memory that the instruction uses.

inline std::uint64_t read_cr0() {
    std::uint64_t value;
    asm volatile("mov %%cr0, %0" : "=r"(value));
    return value;
}

inline void write_cr0(std::uint64_t value) { asm volatile("mov %0, %%cr0" : : "r"(value) : "memory"); }

inline std::uint64_t read_cr3() {
    std::uint64_t value;
    asm volatile("mov %%cr3, %0" : "=r"(value));
    return value;
}

inline void write_cr3(std::uint64_t value) { asm volatile("mov %0, %%cr3" : : "r"(value) : "memory"); }

inline std::uint64_t read_cr4() {
    std::uint64_t value;
    asm volatile("mov %%cr4, %0" : "=r"(value));
    return value;
}

inline Levels levels_in_use() { return (read_cr4() & cr4_la57) != 0 ? Levels::five : Levels::four; }

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

/// For writes to model-specific registers that do not wait for earlier stores (Intel SDM vol. 3A, 11.12.3).
inline void finish_stores() { asm volatile("mfence; lfence" : : : "memory"); }

inline void relax() { asm volatile("pause" : : : "memory"); }

}  // namespace lintel::arch
