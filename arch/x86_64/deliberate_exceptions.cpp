// Every exception of the processor, raised on purpose: the real one where kernel code can bring it about on any
// processor; otherwise one that comes in by the same entry, by INT or with the frame that the processor would push.
// Invariant: an error code is on the stack exactly for those exceptions whose entry expects one.
#include <array>
#include <cstdint>
#include <utility>

#include "arch/deliberate.hpp"
#include "arch/x86_64/trap_frame.hpp"

// traps.S
extern "C" const char lintel_trap_entries[];

namespace lintel::arch {
namespace {

constexpr std::uint64_t entry_bytes = 16;  // from one entry of traps.S to the next
constexpr std::uint64_t no_address = 0x800000000000;

// Safety, for all: each does what its name says, and its handler knows.

template <unsigned vector>
void interrupt() {
    asm volatile("int %0" ::"i"(vector));
}

template <std::size_t... vectors>
constexpr std::array<void (*)(), sizeof...(vectors)> interrupts_for(std::index_sequence<vectors...>) {
    return {interrupt<vectors>...};
}
constexpr auto interrupts = interrupts_for(std::make_index_sequence<exception_count>());

/// INT pushes no error code, so the frame is made by hand (Intel SDM vol. 3A, figure 6-8).
[[gnu::noinline]] void deliver_with_code(unsigned vector, std::uint64_t code) {
    asm volatile(
        "mov %%rsp, %%rax\n\t"
        "mov %%ss, %%ecx\n\t"
        "and $-16, %%rsp\n\t"
        "push %%rcx\n\t"
        "push %%rax\n\t"
        "pushfq\n\t"
        "cli\n\t"
        "mov %%cs, %%ecx\n\t"
        "push %%rcx\n\t"
        "lea 1f(%%rip), %%rax\n\t"
        "push %%rax\n\t"
        "push %1\n\t"
        "jmp *%0\n"
        "1:"
        :
        : "r"(lintel_trap_entries + vector * entry_bytes), "r"(code)
        : "rax", "rcx", "memory");
}

[[gnu::noinline]] void step_one_instruction() {
    asm volatile(
        "pushfq\n\t"
        "orq $0x100, (%%rsp)\n\t"  // TF
        "popfq\n\t"
        "nop" ::
            : "memory", "cc");
}

struct [[gnu::packed]] TableRegister {
    std::uint16_t limit;
    const void* base;
};

enum class Segment : std::uint8_t { data, stack };

/// From a table like the kernel's up to its code segment, with a data segment behind it that is not present.
[[gnu::noinline]] void load_absent(Segment segment) {
    static constexpr std::array<std::uint64_t, 3> descriptors = {0, 0x00209b0000000000, 0x0000130000000000};
    const TableRegister table{sizeof(descriptors) - 1, descriptors.data()};
    asm volatile("lgdt %0" ::"m"(table) : "memory");
    if (segment == Segment::stack)
        asm volatile("mov %0, %%ss" ::"r"(0x10) : "memory");
    else
        asm volatile("mov %0, %%es" ::"r"(0x10) : "memory");
}

[[gnu::noinline]] void read_from(std::uint64_t address) { asm volatile("mov (%0), %0" : "+r"(address)::"memory"); }

}  // namespace

// Calls, never jumps: whoever looks at the stack finds the caller.
[[clang::disable_tail_calls]] void raise_exception(unsigned vector) {
    switch (vector) {
        case 0:
            return divide_by_zero();
        case 1:
            return step_one_instruction();
        case 6:
            return execute_invalid_instruction();
        case 8:
            return fault_twice();
        case 11:
            return load_absent(Segment::data);
        case 12:
            return load_absent(Segment::stack);
        case 13:
            return read_from(no_address);
        case 14:
            return read_from(8);
        case 10:  // an invalid TSS, which only a task switch finds: its selector
            return deliver_with_code(vector, 0x28);
        case 17:  // a misaligned access, which only user code is held to
        case 30:
            return deliver_with_code(vector, 0);
        case 21:  // control protection: ENDBRANCH is missing
            return deliver_with_code(vector, 3);
        case 29:  // VMM communication: the exit's reason
            return deliver_with_code(vector, 0x72);
        default:
            if (vector < interrupts.size()) interrupts[vector]();
    }
}

}  // namespace lintel::arch
