// Registers of devices, and other physical memory that the direct map leaves out, mapped where the kernel can reach
// them.
#pragma once

#include "arch/page_tables.hpp"
#include "base/address.hpp"
#include "base/result.hpp"

namespace lintel {

/// Maps `length` bytes from `phys` on for good; the address of the first byte. What is mapped once already, with the
/// same caching, is given again. Fails where no device can be, and where memory or the room for it (docs/memory.md) is
/// used up.
Result<VirtAddr> map_device(PhysAddr phys, std::uint64_t length, arch::Caching caching = arch::Caching::uncached);

}  // namespace lintel
