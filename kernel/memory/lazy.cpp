#include "kernel/memory/lazy.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>

#include "base/list.hpp"
#include "kernel/memory/address_pool.hpp"
#include "kernel/memory/layout.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/sync/spin_lock.hpp"

namespace lintel {
namespace {

constinit SpinLock lock("lazy ranges");
constinit AddressPool pool(lazy_begin, lazy_end);
constinit std::atomic<std::uint64_t> committed = 0;

constexpr std::size_t part_pages = 64;

/// The memory of a few pages at once: each time, all processors have to hear of it.
void release_part(VirtAddr begin, std::uint64_t length) {
    std::array<PhysAddr, part_pages> frames_of_part;
    List<PhysAddr> found(frames_of_part);
    for (std::uint64_t at = 0; at < length; at += page_size)
        if (const auto page = kernel_tables().translate(begin + at))
            ensure(found.push(page->phys), "a part has more pages than it should");
    if (found.empty()) return;
    unmap_pages(begin, length);
    for (const PhysAddr frame : found) frames().free(frame);
    committed -= found.size();
}

}  // namespace

Result<AddressRange> reserve_lazily(std::uint64_t length) {
    const Locked locked(lock);
    const AddressPool::Stretch stretch = TRY(pool.take(length));
    return AddressRange{stretch.begin, stretch.end()};
}

bool commit_lazily(VirtAddr address) {
    const VirtAddr page = address.page_down();
    const Locked locked(lock);
    if (!pool.find(address)) return false;
    if (kernel_tables().translate(page)) return true;  // another processor was faster
    const auto frame = frames().allocate();
    if (!frame) return false;
    // Safety: the frame is ours, and the direct map reaches it.
    std::memset(direct_map().pointer<std::byte>(*frame), 0, page_size);
    if (!map_pages({page, *frame, page_size, arch::Access::read_write, arch::Caching::write_back})) {
        frames().free(*frame);
        return false;
    }
    ++committed;
    return true;
}

void release_lazily(AddressRange range) {
    // Nobody uses it any more, so that no page comes while these go.
    const std::uint64_t length = range.end - range.begin;
    for (std::uint64_t done = 0; done < length; done += part_pages * page_size)
        release_part(range.begin + done, std::min(length - done, part_pages * page_size));
    const Locked locked(lock);
    pool.give(range.begin);
}

std::uint64_t lazily_committed() { return committed; }

}  // namespace lintel
