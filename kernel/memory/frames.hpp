// Physical memory, in blocks of a power of two of frames: a buddy allocator (Knuth, TAOCP vol. 1, 2.5).
// Invariant: a free block lies in one region, is aligned to its size, and its buddy is not free as a whole: where both
// would be, they are one block. What is handed out is touched by nobody here until it comes back.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/address.hpp"
#include "base/list.hpp"
#include "base/result.hpp"

namespace lintel {

struct PhysRange {
    PhysAddr base;
    std::uint64_t length;  // bytes

    [[nodiscard]] constexpr PhysAddr end() const { return base + length; }
    friend bool operator==(const PhysRange&, const PhysRange&) = default;
};

/// Where a block may lie. Some devices reach nothing above 4 GiB.
enum class Zone : std::uint8_t { anywhere, below_4_gib };

/// Blocks are of 2^order frames. Being aligned to their size, none lies on both sides of 4 GiB.
inline constexpr unsigned largest_order = 18;  // 1 GiB

struct FrameStatistics {
    std::uint64_t frames;        // that the allocator knows of, but for those it keeps its books in
    std::uint64_t free_frames;   // of these
    std::uint64_t largest_free;  // frames of the largest free block
};

class FrameAllocator {
public:
    FrameAllocator() = default;

    /// Starts with `usable`: ranges that do not overlap, in any order; what is not a whole frame of them is not used.
    /// Its books, one byte for each frame, go into them. `memory` reaches them all. Fails where they are too many, or
    /// too small for the books.
    static Result<FrameAllocator> create(std::span<const PhysRange> usable, DirectMap memory);

    /// Takes one more range in, such as one that the loader had in use.
    Status add(PhysRange range);

    /// A block, with whatever is in it; nothing where there is none of that size. Above 4 GiB first, where either
    /// will do: what lies below is scarcer.
    std::optional<PhysAddr> allocate(unsigned order = 0, Zone zone = Zone::anywhere);

    /// Takes back what allocate() gave, with the same order. Panics where that cannot be: twice, or not ours.
    void free(PhysAddr block, unsigned order = 0);

    /// The order of a block that is handed out; nothing where none starts there.
    [[nodiscard]] std::optional<unsigned> order_of(PhysAddr block) const;

    [[nodiscard]] FrameStatistics statistics() const;

private:
    /// A free block, in its own first bytes.
    struct FreeBlock {
        FreeBlock* next;
        FreeBlock* previous;
    };

    struct Region {
        std::uint64_t first;  // frame number
        std::uint64_t count;
        std::uint8_t* books;  // for each frame: a mark and the order where a block starts, otherwise 0
    };

    static constexpr std::size_t zones = 2;
    static constexpr std::size_t most_regions = 256;
    static constexpr std::uint8_t free_mark = 0x80;
    static constexpr std::uint8_t used_mark = 0x40;
    static constexpr std::uint64_t first_high_frame = (std::uint64_t{4} << 30) / page_size;

    explicit FrameAllocator(DirectMap memory) : memory_(memory) {}

    [[nodiscard]] const Region* region_of(std::uint64_t frame) const;
    static bool is_free(const Region& region, std::uint64_t frame);
    void put(const Region& region, std::uint64_t frame, unsigned order);
    void take(const Region& region, std::uint64_t frame, unsigned order);
    std::optional<PhysAddr> allocate_in(std::size_t zone, unsigned order);

    [[nodiscard]] FreeBlock* block_at(std::uint64_t frame) const {
        return memory_.pointer<FreeBlock>(PhysAddr(frame * page_size));
    }
    static std::size_t zone_of(std::uint64_t frame) { return frame < first_high_frame ? 0 : 1; }

    DirectMap memory_;
    std::array<Region, most_regions> regions_{};
    std::size_t region_count_ = 0;
    std::array<std::array<FreeBlock*, largest_order + 1>, zones> free_{};
    std::uint64_t frames_ = 0;
    std::uint64_t free_frames_ = 0;
};

}  // namespace lintel
