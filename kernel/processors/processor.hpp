// What the kernel knows of each processor, and what belongs to each alone.
// Invariant: this_processor() is good from the kernel's first step on, on every processor that runs kernel code.
#pragma once

#include <cstdint>

#include "arch/traps.hpp"
#include "kernel/memory/stacks.hpp"

namespace lintel {

/// Room for more is not made: a machine's further processors stay where the loader parked them.
inline constexpr unsigned most_processors = 256;

struct Processor {
    Processor* self;  // first: arch::processor_local() reads it
    unsigned number;  // 0 is the one that booted
    std::uint32_t apic_id;
    std::uint32_t acpi_uid;
    arch::TrapTables traps;
    KernelStack stack;         // the one that it runs on when it has nothing to do
    unsigned interrupt_depth;  // how many interrupts are being handled, one within the other
};

/// Makes this_processor() work on the processor that boots.
void open_processors();

/// The one that runs this. Ask with interrupts masked where it matters that it stays the same.
Processor& this_processor();

/// How many run the kernel's code: their numbers are below it.
unsigned processor_count();

/// Processor `number`, which is below processor_count().
Processor& processor(unsigned number);

}  // namespace lintel
