#include "arch/deliberate.hpp"

#include <cstdint>

// preserved.S
extern "C" std::uint64_t lintel_breakpoint_changes();

namespace lintel::arch {

// Safety: each does what its name says, and its handler knows.

void execute_breakpoint() { asm volatile("int3"); }

bool breakpoint_keeps_registers() { return lintel_breakpoint_changes() == 0; }

void execute_invalid_instruction() { asm volatile("ud2"); }

void divide_by_zero() {
    std::uint32_t low = 1;
    std::uint32_t high = 0;
    asm volatile("divl %2" : "+a"(low), "+d"(high) : "r"(0) : "cc");
}

void fault_twice() {
    // Delivering the division error pushes to a stack that is no address, which is a stack fault: two contributory
    // exceptions in a row (Intel SDM vol. 3A, table 6-5).
    asm volatile(
        "mov %0, %%rsp\n\t"
        "divl %1"
        :
        : "r"(0x900000000000), "r"(0)
        : "rax", "rdx", "memory");
}

}  // namespace lintel::arch
