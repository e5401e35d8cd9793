// The processor's side of paging and stacks, for a kernel; tables themselves are in page_tables.hpp.
// Invariant: each acts on this processor alone.
#pragma once

#include "arch/page_tables.hpp"
#include "base/text.hpp"

namespace lintel::arch {

/// How many levels the tables in use have.
Levels current_levels();

/// Whether this processor can do what page tables say: an error names what it lacks.
Status can_protect_pages();

/// The largest page that this processor has, bytes.
std::uint64_t largest_page();

/// Where this processor's physical addresses end.
PhysAddr physical_end();

/// Makes the tables with that root the ones in use, and their entries mean the caching that they were made with; all
/// that was translated before is forgotten, mappings of every space included.
void install_page_tables(PhysAddr root);

/// The root of the tables in use.
PhysAddr current_page_tables();

/// Forgets how `page` was translated.
void flush_page(VirtAddr page);

/// Forgets all that was translated, mappings of every space included.
void flush_all();

/// Turns on what keeps a kernel from harming itself: read-only pages for the kernel, too, no execution and no access of
/// user memory, no look at descriptor tables from there; each where the processor has it. Gives their names.
TextBuffer<64> turn_on_protections();

/// Whether all of these are on that this processor has, and pages without execution are.
bool protections_hold();

/// Goes on in `function`, on the stack that ends at `top` (16-byte aligned).
[[noreturn]] void run_on_stack(VirtAddr top, void (*function)());

/// Lets this processor sleep for good under the tables with that root, without a stack. Interrupts must be off.
[[noreturn]] void retire(PhysAddr root);

}  // namespace lintel::arch
