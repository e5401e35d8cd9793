// The memory map that an executable is given, made from what the firmware tells and from what the loader itself
// put into memory (PROTOCOL.md, "Memory Map Feature").
// Invariant: the result is sorted and no two of its entries overlap; usable and bootloader-reclaimable entries are
// whole pages; neighbours of one type are one entry. Nothing is believed about what is put in.
#pragma once

#include <cstdint>
#include <span>

#include "arch/page_tables.hpp"
#include "base/list.hpp"
#include "base/result.hpp"
#include "loader/core/firmware.hpp"
#include "protocol/wire.hpp"

namespace lintel::loader {

/// Where the direct map begins in virtual memory: at the start of the higher half. Where it is wanted, it begins at
/// some multiple of 1 GiB in the 32 TiB from there.
constexpr std::uint64_t hhdm_offset_for(arch::Levels levels) {
    return levels == arch::Levels::five ? 0xff00000000000000 : 0xffff800000000000;
}
inline constexpr std::uint64_t hhdm_offset = hhdm_offset_for(arch::Levels::four);
inline constexpr std::uint64_t hhdm_offsets = 32 << 10;

/// Physical memory from here on is left out of the map: with four levels because it has no place between the direct
/// map's start and the executable, with five because no processor can address it (Intel SDM vol. 3A, 4.1.4).
constexpr std::uint64_t direct_map_limit_for(arch::Levels levels) {
    if (levels == arch::Levels::five) return std::uint64_t{1} << 52;
    return 0xffffffff80000000 - (hhdm_offset + hhdm_offsets * huge_page_size);
}
inline constexpr std::uint64_t direct_map_limit = direct_map_limit_for(arch::Levels::four);

/// Who claims a stretch of memory. Where claims overlap, the one further down here wins: the more somebody relies on
/// the memory being what it is called, the later it stands.
enum class Claim : std::uint8_t {
    usable,
    bootloader_reclaimable,
    reserved,
    bad_memory,
    framebuffer,
    acpi_table,  // becomes reserved_mapped where the firmware does not have it as ACPI memory
    acpi_reclaimable,
    acpi_nvs,
    reserved_mapped,
    executable_and_modules,
};
inline constexpr std::size_t claim_count = 10;

/// What the firmware's type amounts to under a base revision.
Claim claim_of(limine::MemoryType type, std::uint64_t base_revision);

/// What of a region that the firmware reports is there to be claimed: "Base Revision 3" says that up to base revision 2
/// the first page is never usable.
Range claimed_range(const MemoryRegion& region, std::uint64_t base_revision);

/// Where a claim begins or ends.
struct ClaimEdge {
    std::uint64_t at;
    Claim claim;
    bool begins;
};

class MemoryMap {
public:
    /// Claims are collected in `storage`: two edges for each. What lies at or above `limit` is left out.
    explicit MemoryMap(std::span<ClaimEdge> storage, std::uint64_t limit = direct_map_limit)
        : edges_(storage), limit_(limit) {}

    /// Adds a claim of any alignment, which may overlap others.
    Status claim(Range range, Claim claim);

    /// Where the highest claim ends.
    [[nodiscard]] PhysAddr end() const;

    /// Writes the map that the claims amount to. It has at most as many entries as there are edges.
    Status resolve(List<limine::MemoryMapEntry>& entries);

private:
    List<ClaimEdge> edges_;
    std::uint64_t limit_;
};

}  // namespace lintel::loader
