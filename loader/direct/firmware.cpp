#include "loader/direct/firmware.hpp"

#include <algorithm>
#include <cstring>

#include "base/checked.hpp"
#include "loader/core/acpi.hpp"
#include "loader/core/smbios.hpp"
#include "loader/direct/bochs_display.hpp"
#include "loader/direct/clock.hpp"

namespace lintel::loader::direct {
namespace {

/// ACPI 6.5, table 15.4.
limine::MemoryType type_of(std::uint32_t type) {
    using enum limine::MemoryType;
    switch (type) {
        case 1:
            return usable;
        case 3:
            return acpi_reclaimable;
        case 4:
            return acpi_nvs;
        case 5:
            return bad_memory;
        default:
            return reserved;
    }
}

/// Calls `found(address)` for each 16-byte step of the BIOS area at which `anchor` stands (ACPI 6.5, 5.2.5.1; DSP0134
/// 3.7, 5.2), until it returns true.
template <class Found>
void search_bios_area(std::string_view anchor, Found found) {
    constexpr std::uint64_t first = 0xe0000, end = 0x100000;
    for (std::uint64_t at = first; at < end; at += 16) {
        // Safety: the BIOS area always exists and is identity-mapped.
        Bytes here(DirectMap().pointer<const std::byte>(PhysAddr(at)), anchor.size());
        if (as_text(here) == anchor && found(PhysAddr(at))) return;
    }
}

}  // namespace

Result<DirectFirmware> DirectFirmware::create(const StartInfo& info, Range image) {
    Range heap{};
    for (const auto& entry : info.map) {
        auto end = checked_add(entry.base, entry.length);
        if (entry.type != 1 || !end) continue;
        // Of a stretch that holds the loader, what lies above the loader.
        std::uint64_t image_end = (image.base + image.length).value();
        std::uint64_t from = align_up(entry.base, page_size);
        if (entry.base < image_end && *end > image.base.value()) from = align_up(image_end, page_size);
        std::uint64_t to = align_down(std::min(*end, reachable_memory), page_size);
        if (from >= 0x100000 && to > from && to - from > heap.length) heap = {PhysAddr(from), to - from};
    }
    if (heap.length == 0) return fail(ErrorCode::out_of_memory, "the machine has no memory for the loader to use");
    return DirectFirmware(info, image, heap);
}

Result<PhysAddr> DirectFirmware::allocate(std::uint64_t bytes, Contents contents) {
    auto rounded = checked_align_up(bytes, page_size);
    if (!rounded || *rounded > next_ - heap_.base)
        return fail(ErrorCode::out_of_memory, "there is not enough memory", "bytes wanted", bytes);
    next_ = next_ - *rounded;
    // Safety: the range is inside the heap, which is usable memory that nothing else uses.
    if (contents == Contents::zeroed) std::memset(memory().pointer<std::byte>(next_), 0, *rounded);
    return next_;
}

Result<PhysAddr> DirectFirmware::allocate_low(std::uint64_t bytes) {
    ensure(low_.length == 0, "low memory is asked for once");
    std::uint64_t rounded = align_up(bytes, page_size);
    // The start info's memory map, which is still read, may lie there as well.
    auto map_begin = reinterpret_cast<std::uint64_t>(info_.map.data());
    std::uint64_t map_end = map_begin + info_.map.size_bytes();
    for (const auto& entry : info_.map) {
        auto end = checked_add(entry.base, entry.length);
        if (entry.type != 1 || !end || *end > 0x100000) continue;
        std::uint64_t top = align_down(*end, page_size);
        if (top > map_begin && entry.base < map_end) top = align_down(map_begin, page_size);
        if (top < rounded + std::max(entry.base, page_size)) continue;
        low_ = {PhysAddr(top - rounded), rounded};
        // Safety: usable memory that nothing else uses.
        std::memset(memory().pointer<std::byte>(low_.base), 0, rounded);
        return low_.base;
    }
    return fail(ErrorCode::out_of_memory, "there is not enough memory below 1 MiB", "bytes wanted", bytes);
}

std::span<const Display> DirectFirmware::displays(std::optional<Resolution> wanted) {
    display_ = show_bochs_display(wanted, memory());
    return display_ ? std::span(&*display_, 1) : std::span<const Display>();
}

SystemTables DirectFirmware::tables() {
    SystemTables tables;
    PhysicalMemory all(memory(), reachable_end());
    tables.rsdp = info_.rsdp;
    if (!tables.rsdp) {
        search_bios_area("RSD PTR ", [&](PhysAddr at) {
            auto bytes = all.bytes(at, 20);
            if (!bytes || !sums_to_zero(*bytes)) return false;
            tables.rsdp = at;
            return true;
        });
    }
    search_bios_area("_SM_", [&](PhysAddr at) {
        if (!find_smbios_32(all, at)) return false;
        tables.smbios_32 = at;
        return true;
    });
    search_bios_area("_SM3_", [&](PhysAddr at) {
        if (!find_smbios_64(all, at)) return false;
        tables.smbios_64 = at;
        return true;
    });
    return tables;
}

std::optional<std::int64_t> DirectFirmware::now() { return read_clock(); }

PhysAddr DirectFirmware::memory_end() {
    PhysAddr end;
    for (const auto& entry : info_.map) {
        auto type = type_of(entry.type);
        auto entry_end = checked_add(entry.base, entry.length);
        if (type != limine::MemoryType::reserved && type != limine::MemoryType::bad_memory && entry_end)
            end = std::max(end, PhysAddr(*entry_end));
    }
    return end;
}

PhysAddr DirectFirmware::regions_end() {
    PhysAddr end;
    for (const auto& entry : info_.map)
        if (auto entry_end = checked_add(entry.base, entry.length)) end = std::max(end, PhysAddr(*entry_end));
    return end;
}

Result<EfiMap> DirectFirmware::finish(List<MemoryRegion>& regions) {
    using enum limine::MemoryType;
    bool fits = regions.push({image_.base, image_.length, bootloader_reclaimable});
    std::uint64_t used = heap_.base + heap_.length - next_;
    if (used > 0) fits = fits && regions.push({next_, used, bootloader_reclaimable});
    if (low_.length > 0) fits = fits && regions.push({low_.base, low_.length, bootloader_reclaimable});
    for (const auto& entry : info_.map)
        if (entry.length > 0) fits = fits && regions.push({PhysAddr(entry.base), entry.length, type_of(entry.type)});
    if (!fits) return fail(ErrorCode::out_of_memory, "the memory map has more entries than there is room for");
    return EfiMap{};
}

}  // namespace lintel::loader::direct
