#include "kernel/memory/memory.hpp"

#include <algorithm>
#include <optional>

#include "arch/paging.hpp"
#include "kernel/image.hpp"
#include "kernel/log.hpp"
#include "kernel/memory/layout.hpp"
#include "kernel/processors/shoot_down.hpp"
#include "protocol/limine.hpp"

namespace lintel {
namespace {

constinit DirectMap direct;
constinit SharedFrames shared_frames;
constinit FrameAllocator frame_allocator;  // apart from its lock, so that all of it is zero in the image
constinit SpinLock tables_lock("page tables");
constinit std::optional<arch::PageTables> tables;

/// Tables come from the frame allocator, one at a time.
class Frames final : public arch::FrameSource {
public:
    std::optional<PhysAddr> take() override { return shared_frames.allocate(); }
};
constinit Frames table_frames;

Result<FrameAllocator> allocator_for(const limine::MemoryMapResponse& map) {
    std::array<PhysRange, 128> ranges;
    List<PhysRange> usable(ranges);
    for (const limine::MemoryMapEntry* entry : map.view())
        if (entry->type == limine::MemoryType::usable && !usable.push({PhysAddr(entry->base), entry->length}))
            return fail(ErrorCode::out_of_memory, "the memory lies in too many pieces");
    return FrameAllocator::create(usable.view(), direct);
}

PhysAddr physical(VirtAddr in_image, const limine::ExecutableAddressResponse& image) {
    return PhysAddr(in_image.value() - image.virtual_base + image.physical_base);
}

/// What the direct map allows from some address on, and up to where.
struct Stretch {
    PhysAddr end;
    arch::Access access;
};

/// What of the image must not be written, must not be written there either.
Stretch stretch_at(PhysAddr at, const limine::ExecutableAddressResponse& image) {
    using enum arch::Access;
    PhysAddr end(~std::uint64_t{0});
    for (const ImagePart& part : image_parts()) {
        const PhysAddr from = physical(part.range.begin, image), to = physical(part.range.end, image);
        if (at >= from && at < to) return {to, part.access == read_write ? read_write : read};
        if (at < from) end = std::min(end, from);
    }
    return {end, read_write};
}

/// All memory that the loader mapped, and may have put something into ("Memory Layout at Entry").
Status map_physical_memory(const limine::MemoryMapResponse& map, const limine::ExecutableAddressResponse& image) {
    PhysAddr mapped;  // entries are in order, and only the page at an end can be two entries'
    for (const limine::MemoryMapEntry* entry : map.view()) {
        using enum limine::MemoryType;
        const limine::MemoryType type = entry->type;
        if (type == reserved || type == bad_memory) continue;
        const PhysAddr begin = std::max(PhysAddr(entry->base).page_down(), mapped);
        const PhysAddr end = PhysAddr(entry->base + entry->length).page_up();
        for (PhysAddr at = begin; at < end;) {
            const Stretch stretch = stretch_at(at, image);
            const PhysAddr next = std::min(end, stretch.end);
            TRY(tables->map({direct.virt(at), at, next - at, stretch.access,
                             type == framebuffer ? arch::Caching::write_combining : arch::Caching::write_back}));
            at = next;
        }
        mapped = end;
    }
    return {};
}

Status map_image(const limine::ExecutableAddressResponse& image) {
    for (const ImagePart& part : image_parts()) {
        TRY(tables->map({part.range.begin, physical(part.range.begin, image), part.range.end - part.range.begin,
                         part.access, arch::Caching::write_back}));
    }
    return {};
}

/// The last byte of physical memory that the direct map must reach.
PhysAddr end_of(const limine::MemoryMapResponse& map) {
    PhysAddr end;
    for (const limine::MemoryMapEntry* entry : map.view()) end = std::max(end, PhysAddr(entry->base + entry->length));
    return end;
}

}  // namespace

Status open_memory() {
    const auto* map = limine::request<limine::MemoryMap>.response();
    const auto* hhdm = limine::request<limine::Hhdm>.response();
    const auto* address = limine::request<limine::ExecutableAddress>.response();
    if (map == nullptr || hhdm == nullptr || address == nullptr)
        return fail(ErrorCode::not_found, "the loader does not say where the memory is");
    direct = DirectMap(hhdm->offset);
    if (direct.virt(end_of(*map)) > stacks_begin)
        return fail(ErrorCode::unsupported, "the direct map reaches into the kernel's own addresses");
    TRY(arch::can_protect_pages());
    frame_allocator = TRY(allocator_for(*map));
    tables = TRY(arch::PageTables::create(table_frames, direct, arch::current_levels(), arch::largest_page(),
                                          arch::Reach::every_space));
    TRY(map_physical_memory(*map, *address));
    TRY(map_image(*address));
    arch::install_page_tables(tables->root());
    const auto protections = arch::turn_on_protections();
    const FrameStatistics statistics = shared_frames.statistics();
    log("frames: {} of {} free, protections: {}", statistics.free_frames, statistics.frames, protections.text());
    return {};
}

DirectMap direct_map() { return direct; }
SharedFrames& frames() { return shared_frames; }
const arch::PageTables& kernel_tables() { return *tables; }

Status SharedFrames::add(PhysRange range) {
    const Locked locked(lock_);
    return frame_allocator.add(range);
}

std::optional<PhysAddr> SharedFrames::allocate(unsigned order, Zone zone) {
    const Locked locked(lock_);
    return frame_allocator.allocate(order, zone);
}

void SharedFrames::free(PhysAddr block, unsigned order) {
    const Locked locked(lock_);
    frame_allocator.free(block, order);
}

std::optional<unsigned> SharedFrames::order_of(PhysAddr block) {
    const Locked locked(lock_);
    return frame_allocator.order_of(block);
}

FrameStatistics SharedFrames::statistics() {
    const Locked locked(lock_);
    return frame_allocator.statistics();
}

Status map_pages(const arch::Mapping& mapping) {
    const Locked locked(tables_lock);
    for (std::uint64_t at = 0; at < mapping.length; at += page_size)
        if (tables->translate(mapping.virt + at)) return fail(ErrorCode::malformed, "an address is mapped twice");
    Status mapped = tables->map(mapping);
    if (!mapped) tables->unmap(mapping.virt, mapping.length);  // no processor can have seen it
    return mapped;
}

void unmap_pages(VirtAddr virt, std::uint64_t length) {
    {
        const Locked locked(tables_lock);
        tables->unmap(virt, length);
    }
    flush_everywhere(virt, length);
}

}  // namespace lintel
