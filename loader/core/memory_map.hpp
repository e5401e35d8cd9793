// The memory map that an executable is given, made from what the firmware tells and from what the loader itself
// put into memory (PROTOCOL.md, "Memory Map Feature").
// Invariant: the result is sorted and no two of its entries overlap; usable and bootloader-reclaimable entries are
// whole pages; neighbours of one type are one entry. Nothing is believed about what is put in.
#pragma once

#include <cstdint>
#include <span>

#include "base/list.hpp"
#include "base/result.hpp"
#include "loader/core/firmware.hpp"
#include "protocol/wire.hpp"

namespace lintel::loader {

/// Where the direct map begins in virtual memory: the higher half of four-level paging. Where it is wanted, it begins
/// at some multiple of 1 GiB in the 32 TiB from there.
inline constexpr std::uint64_t hhdm_offset = 0xffff800000000000;
inline constexpr std::uint64_t hhdm_offsets = 32 << 10;

/// Physical memory from here on has no place between the direct map's start and the executable; the map leaves it out.
inline constexpr std::uint64_t direct_map_limit = 0xffffffff80000000 - (hhdm_offset + hhdm_offsets * huge_page_size);

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
    /// Claims are collected in `storage`: two edges for each.
    explicit MemoryMap(std::span<ClaimEdge> storage) : edges_(storage) {}

    /// Adds a claim of any alignment, which may overlap others.
    Status claim(Range range, Claim claim);

    /// Where the highest claim ends.
    [[nodiscard]] PhysAddr end() const;

    /// Writes the map that the claims amount to. It has at most as many entries as there are edges.
    Status resolve(List<limine::MemoryMapEntry>& entries);

private:
    List<ClaimEdge> edges_;
};

}  // namespace lintel::loader
