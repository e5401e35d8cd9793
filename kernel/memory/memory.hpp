// The kernel's memory: which frames are free, and the one address space that all of the kernel runs in.
// Invariant: nothing is writable and executable at once; the lower half is empty, address 0 with it.
#pragma once

#include "arch/page_tables.hpp"
#include "kernel/memory/frames.hpp"

namespace lintel {

/// Takes the memory over that the loader left usable, builds page tables, and installs them. Fails where the loader's
/// responses leave something out.
Status open_memory();

/// Where physical memory can be reached.
DirectMap direct_map();

/// All free physical memory.
FrameAllocator& frames();

/// The kernel's page tables, which every address space shares.
arch::PageTables& kernel_tables();

}  // namespace lintel
