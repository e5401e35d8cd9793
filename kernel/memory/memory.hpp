// The kernel's memory: which frames are free, and the one address space that all of the kernel runs in.
// Invariant: nothing is writable and executable at once; the lower half is empty, address 0 with it.
#pragma once

#include "arch/page_tables.hpp"
#include "kernel/memory/frames.hpp"
#include "kernel/sync/spin_lock.hpp"

namespace lintel {

/// Takes the memory over that the loader left usable, builds page tables, and installs them. Fails where the loader's
/// responses leave something out.
Status open_memory();

/// Where physical memory can be reached.
DirectMap direct_map();

/// All free physical memory, for all processors: the frame allocator behind a lock.
class SharedFrames {
public:
    // See FrameAllocator.
    Status add(PhysRange range);
    std::optional<PhysAddr> allocate(unsigned order = 0, Zone zone = Zone::anywhere);
    void free(PhysAddr block, unsigned order = 0);
    [[nodiscard]] std::optional<unsigned> order_of(PhysAddr block);
    [[nodiscard]] FrameStatistics statistics();

private:
    SpinLock lock_{"frames"};
};

SharedFrames& frames();

/// The kernel's page tables, which every address space shares, to look at: map_pages() and its like change them.
const arch::PageTables& kernel_tables();

/// Adds to the kernel's page tables, with the largest pages that fit. Fails where memory for tables is used up or part
/// of it is mapped already, and nothing of it is mapped then.
Status map_pages(const arch::Mapping& mapping);

/// Takes `length` bytes of mappings away, on all processors: once it has returned, none reaches the memory any more.
void unmap_pages(VirtAddr virt, std::uint64_t length);

}  // namespace lintel
