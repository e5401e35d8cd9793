// What was found on a machine that has failed; causes and the report are made of this and nothing else.
// Invariant: what could not be found out is empty, never guessed, unless `guessed` says so.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runner/autopsy/kernel_log.hpp"
#include "runner/debug_info/debug_info.hpp"
#include "runner/machine/fault_log.hpp"
#include "runner/machine/guest_memory.hpp"
#include "runner/machine/registers.hpp"

namespace lintel::runner {

enum class Ending { fault, hang, panic };

/// What an address is to the kernel, whether anything is mapped there or not.
enum class Region { nothing, null_page, lower_half, image, direct_map, near_stack, not_canonical };

struct AddressFacts {
    std::uint64_t address = 0;
    Mapping mapping{};
    Region region = Region::nothing;
    std::string_view section{};               // of the kernel's image: ".rodata"
    std::optional<std::uint64_t> physical{};  // that the direct map has, or would have, there
};

/// Why the processor could not start the handler of the first fault.
enum class Gate { unknown, no_table, beyond_limit, absent, handler_unmapped, handler_not_executable, ready };

struct Instruction {
    std::string text{};                      // AT&T syntax, as QEMU disassembles: "movl $1, (%rax)"
    std::size_t length = 0;                  // bytes
    std::optional<std::uint64_t> operand{};  // where its operand in memory lies
};

struct CallSite {
    std::uint64_t address;
    Place place;
};

/// A look at the first processor while the machine ran.
struct Sample {
    std::uint64_t instruction;
    bool halted;
    bool interrupts;
    Place place;
};

struct Evidence {
    Ending ending = Ending::fault;
    Registers registers{};
    std::size_t processor = 0;
    std::size_t processors = 1;  // that the machine has
    std::vector<Fault> chain{};  // the first is what went wrong, the others what became of it
    bool guessed = false;        // the chain was concluded from the registers
    bool storm = false;          // of a hang: the same exception again and again
    Instruction instruction{};
    Place place{};
    bool in_kernel = true;      // not in a loader or firmware
    bool kernel_found = false;  // its debug information fits what is in memory
    AddressFacts at_instruction{};
    AddressFacts at_address{};                    // CR2 of a page fault; otherwise the instruction's operand
    AddressFacts at_stack{};                      // what the next push would write to
    std::optional<std::uint64_t> stack_bottom{};  // where the address lies in unmapped memory right below a stack
    bool mapped_in_direct_map = false;            // the address would have been, had the map's offset been added
    std::optional<std::uint64_t> return_to{};     // what lies on the stack's top
    Gate gate = Gate::unknown;
    Place handler{};
    std::vector<CallSite> callers{};
    std::vector<Sample> samples{};  // of a hang
    KernelLog log{};                // what of it the serial line did not get
    std::string last_lines{};       // of the serial line
};

}  // namespace lintel::runner
