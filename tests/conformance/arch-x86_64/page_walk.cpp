// The walk over the page tables that are in use (Intel SDM vol. 3A, chapter 4), and a window of the kernel's own.
// Invariant: the window stands in the lower half, which a loader leaves empty from base revision 1 on; a page of it,
// once mapped, stays.
#include <algorithm>
#include <array>

#include "arch/x86_64/registers.hpp"
#include "base/address.hpp"
#include "base/result.hpp"
#include "tests/conformance/arch-x86_64/entry_state.hpp"
#include "tests/conformance/arch-x86_64/paging_levels.hpp"
#include "tests/conformance/memory.hpp"

namespace lintel::conformance {
namespace {

constexpr std::uint64_t present = 1 << 0, writable = 1 << 1, user = 1 << 2, write_through = 1 << 3;
constexpr std::uint64_t uncached = 1 << 4, large = 1 << 7, pat_small = 1 << 7, pat_large = 1 << 12;
constexpr std::uint64_t no_execute = std::uint64_t{1} << 63;
constexpr std::uint64_t frame_bits = 0x000ffffffffff000;

unsigned level_count() { return (entry_state.cr4 & arch::cr4_la57) != 0 ? 5 : 4; }

constexpr std::uint64_t span_of(unsigned level) { return page_size << (9 * (level - 1)); }

std::uint64_t* table_at(std::uint64_t frame) {
    // Safety: page tables are in bootloader-reclaimable memory, which the direct map has.
    return DirectMap(direct_map_offset()).pointer<std::uint64_t>(PhysAddr(frame));
}

/// The address with its unused upper bits set as the processor wants them.
std::uint64_t canonical(std::uint64_t address) {
    unsigned unused = 64 - (12 + 9 * level_count());
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(address << unused) >> unused);
}

/// What the tables on the way allow.
struct Rights {
    bool writable = true;
    bool executable = true;
    bool user = true;

    [[nodiscard]] Rights with(std::uint64_t entry) const {
        return {writable && (entry & conformance::writable) != 0, executable && (entry & no_execute) == 0,
                user && (entry & conformance::user) != 0};
    }
};

Page page_of(std::uint64_t entry, std::uint64_t virt, unsigned level, Rights rights) {
    bool pat = (entry & (level == 1 ? pat_small : pat_large)) != 0;
    return {.virt = canonical(virt),
            .phys = entry & frame_bits & ~(span_of(level) - 1),
            .size = span_of(level),
            .writable = rights.writable,
            .executable = rights.executable,
            .user = rights.user,
            .attribute =
                unsigned{pat} << 2 | unsigned{(entry & uncached) != 0} << 1 | unsigned{(entry & write_through) != 0}};
}

void visit_table(PageVisitor& visitor, std::uint64_t frame, std::uint64_t virt, unsigned level, Rights rights) {
    visitor.table(frame);
    const std::uint64_t* entries = table_at(frame);
    for (std::uint64_t i = 0; i < 512; ++i) {
        if ((entries[i] & present) == 0) continue;
        std::uint64_t at = virt + i * span_of(level);
        Rights here = rights.with(entries[i]);
        if (level == 1 || (level <= 3 && (entries[i] & large) != 0))
            visitor.page(page_of(entries[i], at, level, here));
        else
            visit_table(visitor, entries[i] & frame_bits, at, level - 1, here);
    }
}

// The window's tables below the root, and its last level with one entry for each page.
using Table = std::array<std::uint64_t, 512>;
alignas(page_size) constinit std::array<Table, 4> own_tables{};
constinit std::size_t own_tables_used = 0;
constinit std::array<std::uint64_t, 512> window_frames{};
constinit std::size_t window_pages = 0;
constexpr std::uint64_t window = std::uint64_t{1} << 39;

/// The table that maps the window's pages, made on first use.
std::uint64_t* window_table() {
    std::uint64_t* table = table_at(entry_state.cr3 & frame_bits);
    for (unsigned level = level_count(); level > 1; --level) {
        std::uint64_t& entry = table[window >> (12 + 9 * (level - 1)) & 511];
        if ((entry & present) == 0) {
            ensure(own_tables_used < own_tables.size(), "the window needs no more tables than there are");
            auto own = reinterpret_cast<std::uint64_t>(&own_tables[own_tables_used++]);
            auto place = translate(own);
            ensure(place.has_value(), "the kernel's own data is mapped");
            entry = (place->phys + (own - place->virt)) | present | writable;
        }
        table = table_at(entry & frame_bits);
    }
    return table;
}

/// Where the window shows the `count` frames from `frame` on, one after the other.
std::uint64_t show(std::uint64_t frame, std::uint64_t count) {
    auto shows = [&](std::size_t index) {
        for (std::uint64_t i = 0; i < count; ++i)
            if (index + i >= window_pages || window_frames[index + i] != frame + i * page_size) return false;
        return true;
    };
    for (std::size_t i = 0; i < window_pages; ++i)
        if (shows(i)) return window + i * page_size;
    ensure(count <= window_frames.size() - window_pages, "the window has room");
    std::size_t first = window_pages;
    for (std::uint64_t i = 0; i < count; ++i) {
        window_table()[window_pages] = (frame + i * page_size) | present | writable | uncached | write_through |
                                       (has_no_execute() ? no_execute : 0);
        window_frames[window_pages++] = frame + i * page_size;
    }
    return window + first * page_size;
}

}  // namespace

std::optional<Page> translate(std::uint64_t virt) {
    if (canonical(virt) != virt) return std::nullopt;
    std::uint64_t frame = entry_state.cr3 & frame_bits;
    Rights rights;
    for (unsigned level = level_count(); level > 0; --level) {
        std::uint64_t entry = table_at(frame)[virt >> (12 + 9 * (level - 1)) & 511];
        if ((entry & present) == 0) return std::nullopt;
        rights = rights.with(entry);
        if (level == 1 || (level <= 3 && (entry & large) != 0))
            return page_of(entry, align_down(virt, span_of(level)), level, rights);
        frame = entry & frame_bits;
    }
    return std::nullopt;
}

void visit_pages(PageVisitor& visitor) { visit_table(visitor, entry_state.cr3 & frame_bits, 0, level_count(), {}); }

Bytes physical(std::uint64_t base, std::uint64_t length) {
    const auto* direct = DirectMap(direct_map_offset()).pointer<const std::byte>(PhysAddr(base));
    if (is_mapped(direct, length)) return {direct, length};
    std::uint64_t into_page = base & (page_size - 1);
    std::uint64_t pages = align_up(into_page + length, page_size) / page_size;
    // Safety: the window's pages show these frames.
    return {reinterpret_cast<const std::byte*>(show(base - into_page, pages) + into_page), length};
}

volatile std::uint32_t* device_register(std::uint64_t address) {
    std::uint64_t into_page = address & (page_size - 1);
    // Safety: as above; the caller names a device's register.
    return reinterpret_cast<volatile std::uint32_t*>(show(address - into_page, 1) + into_page);
}

}  // namespace lintel::conformance
