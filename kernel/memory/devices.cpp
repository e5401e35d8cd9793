#include "kernel/memory/devices.hpp"

#include <array>

#include "arch/paging.hpp"
#include "base/checked.hpp"
#include "base/list.hpp"
#include "kernel/memory/layout.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/sync/spin_lock.hpp"

namespace lintel {
namespace {

constinit SpinLock lock("device mappings");
constinit VirtAddr next = devices_begin;
constinit std::array<arch::Mapping, 64> room{};
constinit List<arch::Mapping> mappings{};

}  // namespace

Result<VirtAddr> map_device(PhysAddr phys, std::uint64_t length, arch::Caching caching) {
    // Who asks was told by the firmware: an entry with bits that the processor has no addresses for is a page fault.
    const auto end = checked_add(phys.value(), length);
    if (!end || PhysAddr(*end) > arch::physical_end())
        return fail_at(ErrorCode::malformed, "a device lies where this processor has no addresses", phys.value());
    const Locked locked(lock);
    if (mappings.capacity() == 0) mappings = List<arch::Mapping>(room);
    const PhysAddr begin = phys.page_down();
    const std::uint64_t bytes = (phys + length).page_up() - begin;
    for (const arch::Mapping& known : mappings)
        if (known.caching == caching && begin >= known.phys && begin + bytes <= known.phys + known.length)
            return known.virt + (phys - known.phys);
    if (bytes > devices_end - next) return fail(ErrorCode::out_of_memory, "no addresses left for devices");
    const arch::Mapping mapping{next, begin, bytes, arch::Access::read_write, caching};
    if (mappings.size() == mappings.capacity()) return fail(ErrorCode::out_of_memory, "too many devices are mapped");
    TRY(map_pages(mapping));
    ensure(mappings.push(mapping), "there was room");
    next += bytes + page_size;  // what runs over a device's end hits nothing
    return mapping.virt + (phys - begin);
}

}  // namespace lintel
