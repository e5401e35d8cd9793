// The memory map, by itself and against the firmware's.
// Invariant: nothing is taken from the map that has not been judged here.
#include <algorithm>

#include "base/address.hpp"
#include "tests/conformance/image.hpp"
#include "tests/conformance/kernel.hpp"
#include "tests/conformance/memory.hpp"

namespace lintel::conformance {
namespace {

using enum limine::MemoryType;

bool is_sorted() { return std::ranges::is_sorted(memory_map(), {}, &limine::MemoryMapEntry::base); }

std::uint64_t count_misaligned(limine::MemoryType type) {
    return static_cast<std::uint64_t>(std::ranges::count_if(memory_map(), [&](const auto* entry) {
        return entry->type == type && !is_aligned(entry->base | entry->length, page_size);
    }));
}

/// How many entries of `type` share an address with any other entry.
std::uint64_t count_overlapping(limine::MemoryType type) {
    std::uint64_t count = 0;
    for (const auto* one : memory_map())
        for (const auto* other : memory_map())
            if (one != other && one->type == type && one->base < other->base + other->length &&
                other->base < one->base + one->length)
                ++count;
    return count;
}

std::uint64_t bytes_of(Types types) {
    std::uint64_t bytes = 0;
    for (const auto* entry : memory_map())
        if (types.has(entry->type)) bytes += entry->length;
    return bytes;
}

bool types_are_known() {
    const auto last = asked_revision >= 4 ? reserved_mapped : framebuffer;
    return std::ranges::all_of(memory_map(), [&](const auto* entry) { return entry->type <= last; });
}

bool all_in_address_space() {
    return std::ranges::all_of(memory_map(), [](const auto* entry) {
        return entry->length != 0 && entry->base + entry->length > entry->base;
    });
}

/// Usable memory can be written and read back, at the ends of each entry.
bool usable_memory_works() {
    DirectMap memory(direct_map_offset());
    for (const auto* entry : memory_map()) {
        if (entry->type != usable) continue;
        for (std::uint64_t at : {entry->base, entry->base + entry->length - 8}) {
            // Safety: usable memory is the kernel's, and in the direct map.
            auto* word = memory.pointer<volatile std::uint64_t>(PhysAddr(at));
            *word = at ^ 0x5555555555555555;
            if (*word != (at ^ 0x5555555555555555)) return false;
        }
    }
    return true;
}

void judge_response(Report& report) {
    const auto* response = limine::request<limine::MemoryMap>.response();
    if (!report.promise("the request is answered", response != nullptr)) return;
    report.promise("the response lies in bootloader-reclaimable memory",
                   points_into(response, sizeof *response, bootloader_reclaimable));
    report.promise("the array lies in bootloader-reclaimable memory",
                   points_into(response->entries, response->entry_count * 8, bootloader_reclaimable));
    report.promise("the entries lie in bootloader-reclaimable memory",
                   std::ranges::all_of(memory_map(), [](const auto* entry) {
                       return points_into(entry, sizeof *entry, bootloader_reclaimable);
                   }));
    report.promise("the response's revision is 0", response->revision == 0, "it is {}", response->revision);
}

}  // namespace

void judge_memory_map(Report& report) {
    report.section("Memory Map Feature");
    judge_response(report);
    report.promise("there are entries", !memory_map().empty());
    report.promise("the entries are sorted by base address", is_sorted());
    report.promise("the entries have types of this base revision", types_are_known());
    report.promise("no entry is empty or leaves the address space", all_in_address_space());
    report.promise("usable entries are aligned to 4096 bytes, base and length", count_misaligned(usable) == 0,
                   "{} are not", count_misaligned(usable));
    report.promise("bootloader-reclaimable entries are aligned to 4096 bytes, base and length",
                   count_misaligned(bootloader_reclaimable) == 0, "{} are not",
                   count_misaligned(bootloader_reclaimable));
    report.promise("usable entries overlap no other entry", count_overlapping(usable) == 0, "{} do",
                   count_overlapping(usable));
    report.promise("bootloader-reclaimable entries overlap no other entry",
                   count_overlapping(bootloader_reclaimable) == 0, "{} do", count_overlapping(bootloader_reclaimable));
    report.promise("there is usable memory, 8 MiB at least", bytes_of(usable) >= 8 << 20, "{} bytes", bytes_of(usable));
    report.promise("usable memory holds what is written to it", usable_memory_works());
    if (asked_revision <= 2)
        report.promise("memory below 0x1000 is not usable", std::ranges::none_of(memory_map(), [](const auto* e) {
                           return e->type == usable && e->base < page_size;
                       }));
}

}  // namespace lintel::conformance
