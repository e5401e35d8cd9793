// A sweep over the edges of all claims: between two neighbouring edges the claims that are open are the same, and
// the last of them in the order of Claim is what that stretch becomes.
// Invariant: resolve() visits addresses in ascending order, so that its output needs no sorting.
#include "loader/core/memory_map.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "base/checked.hpp"
#include "base/sort.hpp"

namespace lintel::loader {
namespace {

using limine::MemoryMapEntry;
using limine::MemoryType;

constexpr std::size_t index_of(Claim claim) { return static_cast<std::size_t>(claim); }

constexpr std::array<MemoryType, claim_count> types = {
    MemoryType::usable,           MemoryType::bootloader_reclaimable,
    MemoryType::reserved,         MemoryType::bad_memory,
    MemoryType::framebuffer,      MemoryType::reserved_mapped,
    MemoryType::acpi_reclaimable, MemoryType::acpi_nvs,
    MemoryType::reserved_mapped,  MemoryType::executable_and_modules,
};
static_assert(index_of(Claim::executable_and_modules) + 1 == claim_count);

/// How many claims of each kind are open.
using Open = std::array<std::uint32_t, claim_count>;

std::optional<Claim> winner(const Open& open) {
    for (std::size_t i = claim_count; i-- > 0;)
        if (open[i] != 0) return static_cast<Claim>(i);
    return std::nullopt;
}

/// "Memory Layout at Entry": only usable and reserved memory gives way to a framebuffer, which is cached otherwise.
bool framebuffer_is_shared(const Open& open) {
    if (open[index_of(Claim::framebuffer)] == 0) return false;
    for (std::size_t i = 0; i < claim_count; ++i) {
        auto claim = static_cast<Claim>(i);
        bool gives_way = claim == Claim::usable || claim == Claim::reserved || claim == Claim::bad_memory;
        if (!gives_way && claim != Claim::framebuffer && open[i] != 0) return true;
    }
    return false;
}

Status append(List<MemoryMapEntry>& entries, MemoryMapEntry entry) {
    if (!entries.empty()) {
        MemoryMapEntry& last = entries[entries.size() - 1];
        if (last.type == entry.type && last.base + last.length == entry.base) {
            last.length += entry.length;
            return {};
        }
    }
    if (!entries.push(entry)) return fail(ErrorCode::out_of_memory, "the memory map has more entries than expected");
    return {};
}

bool needs_whole_pages(MemoryType type) {
    return type == MemoryType::usable || type == MemoryType::bootloader_reclaimable;
}

/// Cuts the entries that must consist of whole pages down to those, and drops what is left empty.
void keep_whole_pages(List<MemoryMapEntry>& entries) {
    std::size_t kept = 0;
    for (MemoryMapEntry entry : entries) {
        if (needs_whole_pages(entry.type)) {
            std::uint64_t begin = align_up(entry.base, page_size);
            std::uint64_t end = align_down(entry.base + entry.length, page_size);
            if (begin >= end) continue;
            entry.base = begin;
            entry.length = end - begin;
        }
        entries[kept++] = entry;
    }
    entries.truncate(kept);
}

}  // namespace

Claim claim_of(MemoryType type, std::uint64_t base_revision) {
    switch (type) {
        case MemoryType::usable:
            return Claim::usable;
        case MemoryType::acpi_reclaimable:
            return Claim::acpi_reclaimable;
        case MemoryType::acpi_nvs:
            return Claim::acpi_nvs;
        case MemoryType::bad_memory:
            return Claim::bad_memory;
        case MemoryType::bootloader_reclaimable:
            return Claim::bootloader_reclaimable;
        case MemoryType::executable_and_modules:
            return Claim::executable_and_modules;
        case MemoryType::framebuffer:
            return Claim::framebuffer;
        case MemoryType::reserved_mapped:
            // "Base Revision 5": what EFI's runtime services use was merely reserved before.
            return base_revision >= 5 ? Claim::reserved_mapped : Claim::reserved;
        case MemoryType::reserved:
            break;
    }
    return Claim::reserved;
}

Range claimed_range(const MemoryRegion& region, std::uint64_t base_revision) {
    bool whole = base_revision > 2 || region.type != MemoryType::usable || region.base >= PhysAddr(page_size);
    if (whole) return {region.base, region.length};
    std::uint64_t lost = std::min(PhysAddr(page_size) - region.base, region.length);
    return {PhysAddr(page_size), region.length - lost};
}

Status MemoryMap::claim(Range range, Claim claim) {
    std::uint64_t begin = std::min(range.base.value(), limit_);
    std::uint64_t end = std::min(checked_add(begin, range.length).value_or(limit_), limit_);
    if (begin == end) return {};
    if (claim == Claim::framebuffer) {
        begin = align_down(begin, page_size);
        end = align_up(end, page_size);
    }
    if (!edges_.push({begin, claim, true}) || !edges_.push({end, claim, false}))
        return fail(ErrorCode::out_of_memory, "the firmware reports more memory regions than it announced");
    return {};
}

PhysAddr MemoryMap::end() const {
    std::uint64_t end = 0;
    for (const ClaimEdge& edge : edges_) end = std::max(end, edge.at);
    return PhysAddr(end);
}

Status MemoryMap::resolve(List<MemoryMapEntry>& entries) {
    entries.clear();
    sort_by(edges_.view(), &ClaimEdge::at);
    Open open{};
    std::uint64_t reached = 0;
    for (const ClaimEdge& edge : edges_) {
        if (edge.at != reached) {
            if (framebuffer_is_shared(open))
                return fail(ErrorCode::unsupported, "memory in use shares a page with a framebuffer", {}, reached);
            if (auto claim = winner(open)) TRY(append(entries, {reached, edge.at - reached, types[index_of(*claim)]}));
            reached = edge.at;
        }
        auto& count = open[index_of(edge.claim)];
        count = edge.begins ? count + 1 : count - 1;
    }
    keep_whole_pages(entries);
    return {};
}

}  // namespace lintel::loader
