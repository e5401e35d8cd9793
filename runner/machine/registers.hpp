// What QEMU's monitor says about the processors ("info registers -a"), as facts.
// Invariant: text that does not parse yields no processors, never wrong ones.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace lintel::runner {

struct ProcessorState {
    std::uint64_t instruction;  // RIP
    bool interrupts;            // RFLAGS.IF
    bool halted;                // in a HLT
};

std::vector<ProcessorState> parse_registers(std::string_view dump);

enum class Halt { running, in_kernel, before_kernel };

/// Whether the machine has stopped for good: the first processor, which boots, is in a HLT with interrupts off, and so
/// is every other one that the kernel has. Those that nobody has started stay with the firmware, which may let them
/// spin. A Limine-protocol kernel runs in the higher half, everything before it in the lower one.
Halt halt_state(std::span<const ProcessorState> processors);

}  // namespace lintel::runner
