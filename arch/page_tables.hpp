// Page tables as a port provides them, for the loader (which fills new ones for its kernel) and the kernel alike.
// Invariant: nothing here is loaded into the processor; a table is only memory until its root is installed.
#pragma once

#include <cstdint>
#include <optional>

#include "base/address.hpp"
#include "base/result.hpp"

namespace lintel::arch {

enum class Access : std::uint8_t { read = 0, read_write = 1, read_execute = 2, read_write_execute = 3 };
/// The same, and execution.
constexpr Access with_execution(Access access) {
    return access == Access::read || access == Access::read_execute ? Access::read_execute : Access::read_write_execute;
}
enum class Caching : std::uint8_t { write_back, write_through, write_combining, uncached };
enum class Levels : std::uint8_t { four = 4, five = 5 };

/// How far virtual and physical addresses of a mapping lie apart.
enum class Offset : std::uint8_t { arbitrary, large_aligned };

/// One stretch of virtual memory and what it stands for. All three numbers are multiples of the page size.
struct Mapping {
    VirtAddr virt;
    PhysAddr phys;
    std::uint64_t length;  // bytes
    Access access;
    Caching caching;
    friend bool operator==(const Mapping&, const Mapping&) = default;
};

/// Whether a mapping is there in every address space, and so stays in the TLB when another one is installed.
enum class Reach : std::uint8_t { this_space, every_space };

/// Where the frames for tables come from.
class FrameSource {
public:
    /// A frame, whatever is in it; nothing where there is none left.
    virtual std::optional<PhysAddr> take() = 0;

protected:
    ~FrameSource() = default;
};

/// Hands out frames one after the other, from a stretch of memory reserved beforehand.
class FramePool final : public FrameSource {
public:
    FramePool() = default;
    FramePool(PhysAddr first, std::uint64_t count) : next_(first), left_(count) {}

    std::optional<PhysAddr> take() override {
        if (left_ == 0) return std::nullopt;
        --left_;
        PhysAddr frame = next_;
        next_ += page_size;
        return frame;
    }

private:
    PhysAddr next_;
    std::uint64_t left_ = 0;
};

class PageTables {
public:
    /// An empty address space. Tables come from `frames`, whatever is in those, and are reached through `memory`.
    /// No page will be larger than `largest_page` bytes; every x86-64 processor has 2 MiB pages.
    static Result<PageTables> create(FrameSource& frames, DirectMap memory, Levels levels,
                                     std::uint64_t largest_page = large_page_size, Reach reach = Reach::this_space);

    /// Adds a mapping, with the largest pages that fit it and the tables that are there. Fails where the pool is used
    /// up or where part of the range is mapped already; the tables are then unfit for use.
    Status map(const Mapping& mapping);

    /// Takes `length` bytes of mappings away, whole pages from the first to the last; what is not mapped may be among
    /// them. The tables stay, and so does what any processor has in its TLB. Panics where a page reaches further.
    void unmap(VirtAddr virt, std::uint64_t length);

    struct Translation {
        PhysAddr phys;
        Access access;
        Caching caching;
        std::uint64_t page;  // size of the page that maps it, bytes
    };
    /// What `address` stands for; nothing where it is not mapped.
    [[nodiscard]] std::optional<Translation> translate(VirtAddr address) const;

    /// The lowest address from `from` on that is mapped.
    [[nodiscard]] std::optional<VirtAddr> next_mapped(VirtAddr from) const;

    [[nodiscard]] PhysAddr root() const { return root_; }
    [[nodiscard]] Levels levels() const { return levels_; }

    /// At most this many tables does a mapping of `length` bytes add, wherever it lies. Where virtual and physical
    /// addresses differ by a multiple of 2 MiB, only its two ends need pages of 4 KiB.
    static constexpr std::uint64_t frames_needed(std::uint64_t length, Offset offset) {
        std::uint64_t tables = offset == Offset::large_aligned ? 2 : length / large_page_size + 2;
        for (std::uint64_t span = huge_page_size; span <= (std::uint64_t{1} << 48); span <<= 9)
            tables += length / span + 2;
        return tables;
    }

private:
    PageTables(FrameSource& frames, DirectMap memory, Levels levels, std::uint64_t largest_page, Reach reach,
               PhysAddr root)
        : frames_(&frames), memory_(memory), levels_(levels), largest_page_(largest_page), reach_(reach), root_(root) {}

    /// A table without entries.
    static Result<PhysAddr> take_table(FrameSource& frames, DirectMap memory);

    /// The entry that covers `address` at `level`, with the tables above it made where they are missing.
    Result<std::uint64_t*> entry_for(VirtAddr address, unsigned level);

    /// The entry that maps `address`, and at which level; nothing where none does.
    struct Found {
        std::uint64_t* entry;
        unsigned level;
    };
    [[nodiscard]] std::optional<Found> find(VirtAddr address) const;

    FrameSource* frames_;
    DirectMap memory_;
    Levels levels_;
    std::uint64_t largest_page_;
    Reach reach_;
    PhysAddr root_;
};

}  // namespace lintel::arch
