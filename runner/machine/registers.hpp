// What QEMU's monitor says about the processors ("info registers -a"), as facts.
// Invariant: text that does not parse yields no processors, never wrong ones.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace lintel::runner {

/// Of an address: set in the half where kernels are.
inline constexpr std::uint64_t higher_half = 1ULL << 63;

struct ProcessorState {
    std::uint64_t instruction;  // RIP
    bool interrupts;            // RFLAGS.IF
    bool halted;                // in a HLT
};

std::vector<ProcessorState> parse_registers(std::string_view dump);

struct DescriptorTable {
    std::uint64_t base = 0;
    std::uint64_t limit = 0;
};

/// All that the processor would tell a debugger; selectors and the rest as Intel's manual names them.
struct Registers {
    std::array<std::uint64_t, 16> general{};  // in the order of general_names
    std::uint64_t instruction = 0, flags = 0;
    std::uint64_t code_segment = 0, stack_segment = 0;
    std::uint64_t cr0 = 0, cr2 = 0, cr3 = 0, cr4 = 0, extended_features = 0;  // the last: EFER
    DescriptorTable global{}, interrupts{};                                   // GDT, IDT
    bool halted = false;

    [[nodiscard]] std::uint64_t stack() const { return general[7]; }
    [[nodiscard]] std::uint64_t frame() const { return general[6]; }
    [[nodiscard]] bool interrupts_on() const { return (flags & 0x200) != 0; }
    [[nodiscard]] bool long_mode() const { return (extended_features & 0x400) != 0; }
};

inline constexpr std::array<std::string_view, 16> general_names = {
    "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"};

/// The same dump, whole. Processors whose block lacks something are left out.
std::vector<Registers> parse_register_dump(std::string_view dump);

enum class Halt { running, in_kernel, before_kernel };

/// Whether the machine has stopped for good: the first processor, which boots, is in a HLT with interrupts off, and so
/// is every other one that the kernel has. Those that nobody has started stay with the firmware, which may let them
/// spin. A Limine-protocol kernel runs in the higher half, everything before it in the lower one.
Halt halt_state(std::span<const ProcessorState> processors);

}  // namespace lintel::runner
