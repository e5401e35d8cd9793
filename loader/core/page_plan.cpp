// Which memory gets mapped where, with which permissions and caching.
// Invariant: neighbours that can be one mapping are one, so that large pages get used.
#include "loader/core/page_plan.hpp"

#include <algorithm>

namespace lintel::loader {
namespace {

using limine::MemoryMapEntry;
using limine::MemoryType;

Status append(List<arch::Mapping>& plan, const arch::Mapping& mapping) {
    if (mapping.length == 0) return {};
    if (!plan.empty()) {
        arch::Mapping& last = plan[plan.size() - 1];
        bool continues = last.virt + last.length == mapping.virt && last.phys + last.length == mapping.phys;
        if (continues && last.access == mapping.access && last.caching == mapping.caching) {
            last.length += mapping.length;
            return {};
        }
    }
    if (!plan.push(mapping)) return fail(ErrorCode::out_of_memory, "the page plan has more mappings than expected");
    return {};
}

bool is_in_direct_map(MemoryType type, std::uint64_t base_revision) {
    switch (type) {
        case MemoryType::usable:
        case MemoryType::bootloader_reclaimable:
        case MemoryType::executable_and_modules:
        case MemoryType::framebuffer:
            return true;
        case MemoryType::reserved_mapped:
        case MemoryType::acpi_reclaimable:
        case MemoryType::acpi_nvs:
            return base_revision >= 4;
        case MemoryType::reserved:
        case MemoryType::bad_memory:
            return false;
    }
    return false;
}

}  // namespace

Status plan_image(const Executable& executable, PhysAddr image, List<arch::Mapping>& plan) {
    VirtAddr mapped = executable.base();
    for (const Segment& segment : executable.segments()) {
        // Where two segments share a page they have the same permissions, and the lower one has mapped it.
        VirtAddr begin = std::max(segment.virt.page_down(), mapped);
        VirtAddr end = std::max(segment.end().page_up(), begin);
        TRY(append(plan, {.virt = begin,
                          .phys = image + (begin - executable.base()),
                          .length = end - begin,
                          .access = segment.access,
                          .caching = arch::Caching::write_back}));
        mapped = end;
    }
    return {};
}

Status plan_direct_map(std::span<const MemoryMapEntry> map, std::uint64_t base_revision, List<arch::Mapping>& plan) {
    PhysAddr mapped;
    for (const MemoryMapEntry& entry : map) {
        if (!is_in_direct_map(entry.type, base_revision)) continue;
        bool framebuffer = entry.type == MemoryType::framebuffer;
        // Entries that share a page are cached alike: the memory map keeps framebuffers' pages to themselves.
        PhysAddr begin = std::max(PhysAddr(entry.base).page_down(), mapped);
        PhysAddr end = std::max(PhysAddr(entry.base + entry.length).page_up(), begin);
        TRY(append(plan, {.virt = VirtAddr(hhdm_offset + begin.value()),
                          .phys = begin,
                          .length = end - begin,
                          .access = arch::Access::read_write_execute,
                          .caching = framebuffer ? arch::Caching::write_combining : arch::Caching::write_back}));
        mapped = end;
    }
    return {};
}

std::uint64_t tables_needed(const Executable& executable, std::uint64_t edges, PhysAddr memory_end) {
    // The direct map's offset is a multiple of 512 GiB. So it needs pages of 4 KiB only in those 2 MiB in which some
    // entry begins or ends; of the tables above, one for each GiB and one for each 512 GiB below the end of memory.
    static_assert(is_aligned(hhdm_offset, huge_page_size << 9));
    constexpr std::uint64_t root = 1;
    std::uint64_t gigabytes = memory_end.value() / huge_page_size + 1;
    std::uint64_t small_pages = std::min(edges, memory_end.value() / large_page_size + 1);
    std::uint64_t direct_map = small_pages + gigabytes + (gigabytes / 512 + 1);
    return root + direct_map + arch::PageTables::frames_needed(executable.image_size(), arch::Offset::arbitrary);
}

}  // namespace lintel::loader
