// What the kernel knows of each processor, and what belongs to each alone.
// Invariant: this_processor() is good from the kernel's first step on, on every processor that runs kernel code.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "arch/traps.hpp"
#include "kernel/memory/stacks.hpp"
#include "kernel/processors/call_queue.hpp"
#include "kernel/sync/lock_checks.hpp"

namespace lintel {

/// Room for more is not made: a machine's further processors stay where the loader parked them.
inline constexpr unsigned most_processors = 256;

struct Processor {
    Processor* self;  // first: arch::processor_local() reads it
    unsigned number;  // 0 is the one that booted
    std::uint32_t apic_id;
    std::uint32_t acpi_uid;
    arch::TrapTables traps;
    std::array<VirtAddr, arch::trap_stack_count> trap_stacks;  // their tops
    KernelStack stack;                                         // the one that it runs on when it has nothing to do
    unsigned interrupt_depth;        // how many interrupts are being handled, one within the other
    unsigned panic_depth;            // how many panics it is in, one within the other
    CallQueue calls;                 // for it to do at once
    CallQueue work;                  // for its idle loop
    HeldLocks held;                  // where the kernel checks itself
    bool reports_wait;               // for a lock
    std::atomic<bool> flush_wanted;  // of what it remembers of page tables
    std::atomic<bool> arrived;       // in its idle loop
    std::atomic<bool> stopped;       // for good
};

/// Makes this_processor() work on the processor that boots.
void open_processors();

/// The one that runs this. Ask with interrupts masked where it matters that it stays the same.
Processor& this_processor();

/// How many run the kernel's code: their numbers are below it.
unsigned processor_count();

/// Takes one more in, whose number is processor_count() until then.
void add_processor(Processor& processor);

/// Processor `number`, which is below processor_count().
Processor& processor(unsigned number);

}  // namespace lintel
