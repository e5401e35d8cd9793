#include "kernel/memory/frames.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace lintel {

Result<FrameAllocator> FrameAllocator::create(std::span<const PhysRange> usable, DirectMap memory) {
    FrameAllocator allocator(memory);
    for (const PhysRange& range : usable) TRY(allocator.add(range));
    if (allocator.frames_ == 0) return fail(ErrorCode::out_of_memory, "no usable memory");
    return allocator;
}

Status FrameAllocator::add(PhysRange range) {
    const std::uint64_t begin = align_up(range.base.value(), page_size) / page_size;
    const std::uint64_t end = align_down(range.end().value(), page_size) / page_size;
    if (begin >= end) return {};
    // The books of n frames take n bytes: the fewest frames for those, and for their own.
    const std::uint64_t books = (end - begin + page_size) / (page_size + 1);
    if (books == end - begin) return {};
    if (region_count_ == regions_.size()) return fail(ErrorCode::out_of_memory, "the memory lies in too many pieces");

    const std::uint64_t first = begin + books;
    Region region{first, end - first, memory_.pointer<std::uint8_t>(PhysAddr(begin * page_size))};
    // Safety: the caller hands over the whole range, and `memory_` reaches it.
    std::memset(region.books, 0, region.count);
    auto* at = std::upper_bound(regions_.begin(), regions_.begin() + region_count_, region.first,
                                [](std::uint64_t frame, const Region& other) { return frame < other.first; });
    std::move_backward(at, regions_.begin() + region_count_, regions_.begin() + region_count_ + 1);
    *at = region;
    ++region_count_;
    frames_ += region.count;
    // The largest aligned blocks that fit, from the bottom up.
    for (std::uint64_t frame = region.first; frame < end;) {
        const auto by_alignment = static_cast<unsigned>(std::countr_zero(frame));
        const auto by_size = static_cast<unsigned>(std::bit_width(end - frame) - 1);
        const unsigned order = std::min({by_alignment, by_size, largest_order});
        put(*at, frame, order);
        frame += std::uint64_t{1} << order;
    }
    return {};
}

const FrameAllocator::Region* FrameAllocator::region_of(std::uint64_t frame) const {
    const auto* end = regions_.begin() + region_count_;
    const auto* after = std::upper_bound(
        regions_.begin(), end, frame, [](std::uint64_t wanted, const Region& region) { return wanted < region.first; });
    if (after == regions_.begin()) return nullptr;
    const Region* region = after - 1;
    return frame - region->first < region->count ? region : nullptr;
}

void FrameAllocator::put(const Region& region, std::uint64_t frame, unsigned order) {
    FreeBlock*& head = free_[zone_of(frame)][order];
    FreeBlock* block = block_at(frame);
    *block = {head, nullptr};
    if (head != nullptr) head->previous = block;
    head = block;
    region.books[frame - region.first] = static_cast<std::uint8_t>(free_mark | order);
    free_frames_ += std::uint64_t{1} << order;
}

void FrameAllocator::take(const Region& region, std::uint64_t frame, unsigned order) {
    FreeBlock* block = block_at(frame);
    if (block->previous != nullptr)
        block->previous->next = block->next;
    else
        free_[zone_of(frame)][order] = block->next;
    if (block->next != nullptr) block->next->previous = block->previous;
    region.books[frame - region.first] = 0;
    free_frames_ -= std::uint64_t{1} << order;
}

std::optional<PhysAddr> FrameAllocator::allocate(unsigned order, Zone zone) {
    if (order > largest_order) return std::nullopt;
    if (zone == Zone::anywhere)
        if (auto block = allocate_in(1, order)) return block;
    return allocate_in(0, order);
}

std::optional<PhysAddr> FrameAllocator::allocate_in(std::size_t zone, unsigned order) {
    unsigned larger = order;
    while (larger <= largest_order && free_[zone][larger] == nullptr) ++larger;
    if (larger > largest_order) return std::nullopt;
    const PhysAddr block = memory_.phys(VirtAddr(reinterpret_cast<std::uint64_t>(free_[zone][larger])));
    const std::uint64_t frame = block.value() / page_size;
    const Region& region = *region_of(frame);
    take(region, frame, larger);
    // The upper halves stay free.
    while (larger > order) {
        --larger;
        put(region, frame + (std::uint64_t{1} << larger), larger);
    }
    region.books[frame - region.first] = static_cast<std::uint8_t>(used_mark | order);
    return block;
}

void FrameAllocator::free(PhysAddr block, unsigned order) {
    std::uint64_t frame = block.value() / page_size;
    const Region* region = region_of(frame);
    ensure(region != nullptr && is_aligned(block.value(), page_size),
           "memory is freed that was never the frame allocator's");
    if (region->books[frame - region->first] != (used_mark | order)) {
        ensure(!is_free(*region, frame), "a frame is freed twice");
        panic("memory is freed as a block that it is not");
    }
    region->books[frame - region->first] = 0;
    for (; order < largest_order; ++order) {
        const std::uint64_t buddy = frame ^ (std::uint64_t{1} << order);
        if (buddy < region->first || buddy - region->first + (std::uint64_t{1} << order) > region->count) break;
        if (region->books[buddy - region->first] != (free_mark | order)) break;
        take(*region, buddy, order);
        frame = std::min(frame, buddy);
    }
    put(*region, frame, order);
}

/// A free block that `frame` lies in starts at one of these.
bool FrameAllocator::is_free(const Region& region, std::uint64_t frame) {
    for (unsigned order = 0; order <= largest_order; ++order) {
        const std::uint64_t start = align_down(frame, std::uint64_t{1} << order);
        if (start < region.first) return false;
        if (region.books[start - region.first] == (free_mark | order)) return true;
    }
    return false;
}

std::optional<unsigned> FrameAllocator::order_of(PhysAddr block) const {
    const std::uint64_t frame = block.value() / page_size;
    const Region* region = region_of(frame);
    if (region == nullptr || !is_aligned(block.value(), page_size)) return std::nullopt;
    const std::uint8_t mark = region->books[frame - region->first];
    if ((mark & used_mark) == 0) return std::nullopt;
    return mark & ~unsigned{used_mark};
}

FrameStatistics FrameAllocator::statistics() const {
    FrameStatistics result{frames_, free_frames_, 0};
    for (const auto& orders : free_)
        for (unsigned order = 0; order <= largest_order; ++order)
            if (orders[order] != nullptr)
                result.largest_free = std::max(result.largest_free, std::uint64_t{1} << order);
    return result;
}

}  // namespace lintel
