// Single instructions that C++ has no words for.
#include <cpuid.h>

#include "arch/arch.hpp"
#include "arch/x86_64/cpuid.hpp"
#include "arch/x86_64/ports.hpp"

namespace lintel::arch {

// Safety: the memory clobbers below keep the compiler from moving accesses across the instruction.

void disable_interrupts() { asm volatile("cli" ::: "memory"); }

void enable_interrupts() { asm volatile("sti" ::: "memory"); }

bool interrupts_enabled() {
    std::uint64_t flags = 0;
    asm volatile("pushfq; popq %0" : "=r"(flags)::"memory");
    constexpr std::uint64_t interrupt_flag = 1 << 9;
    return (flags & interrupt_flag) != 0;
}

void wait_for_interrupt() { asm volatile("hlt" ::: "memory"); }

// An interrupt is not taken before the instruction behind STI is through (Intel SDM vol. 2B, STI).
void enable_and_wait_for_interrupt() { asm volatile("sti; hlt" ::: "memory"); }

void wait_a_moment() { asm volatile("pause" ::: "memory"); }

// Intel SDM vol. 2A and AMD APM vol. 3, CPUID, leaf 1: the bit is kept for hypervisors.
bool is_virtual_machine() { return (cpuid(1).c & (1U << 31)) != 0; }

void leave_machine(std::uint8_t code) { out8(0xf4, code); }

std::uint64_t timestamp() {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    // RDTSC alone may be done before loads that stand before it, such as of a device's counter (Intel SDM vol. 2B).
    asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high)::"memory");
    return (std::uint64_t{high} << 32) | low;
}

Cpuid cpuid(std::uint32_t leaf, std::uint32_t subleaf) {
    // Hypervisors' leaves have a base of their own (Intel SDM vol. 2A, CPUID, leaf 1).
    Cpuid result{};
    if (leaf < 0x40000000 || leaf >= 0x80000000) {
        __get_cpuid_count(leaf, subleaf, &result.a, &result.b, &result.c, &result.d);
    } else {
        __cpuid_count(leaf, subleaf, result.a, result.b, result.c, result.d);
    }
    return result;
}

std::uint8_t in8(std::uint16_t port) {
    std::uint8_t value = 0;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

void out8(std::uint16_t port, std::uint8_t value) { asm volatile("outb %0, %1" ::"a"(value), "Nd"(port) : "memory"); }

std::uint16_t in16(std::uint16_t port) {
    std::uint16_t value = 0;
    asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

void out16(std::uint16_t port, std::uint16_t value) { asm volatile("outw %0, %1" ::"a"(value), "Nd"(port) : "memory"); }

std::uint32_t in32(std::uint16_t port) {
    std::uint32_t value = 0;
    asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

void out32(std::uint16_t port, std::uint32_t value) { asm volatile("outl %0, %1" ::"a"(value), "Nd"(port) : "memory"); }

}  // namespace lintel::arch
