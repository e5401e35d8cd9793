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

/// "Memory Layout at Entry": up to base revision 2 the first 4 GiB are mapped whatever they are.
constexpr std::uint64_t low_memory_end = std::uint64_t{4} << 30;
bool maps_low_memory(std::uint64_t base_revision) { return base_revision <= 2; }

bool has_identity_map(std::uint64_t base_revision) { return base_revision == 0; }

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
            return base_revision != 3;
        case MemoryType::reserved:
        case MemoryType::bad_memory:
            return base_revision == 0;
    }
    return false;
}

/// Maps physical memory from an address on, in ascending order and nothing twice.
class MemoryPlanner {
public:
    MemoryPlanner(DirectMap where, PhysAddr first, List<arch::Mapping>& plan)
        : where_(where), mapped_(first), plan_(plan) {}

    /// Maps what of the range does not lie below what is mapped.
    Status map(PhysAddr begin, PhysAddr end, arch::Caching caching) {
        begin = std::max(begin, mapped_);
        end = std::max(end, begin);
        mapped_ = end;
        return append(plan_, {.virt = where_.virt(begin),
                              .phys = begin,
                              .length = end - begin,
                              .access = arch::Access::read_write_execute,
                              .caching = caching});
    }

    /// Maps everything up to `end`.
    Status fill(PhysAddr end) { return map(mapped_, end, arch::Caching::write_back); }

private:
    DirectMap where_;
    PhysAddr mapped_;
    List<arch::Mapping>& plan_;
};

Status plan_memory(std::span<const MemoryMapEntry> map, std::uint64_t base_revision, MemoryPlanner planner) {
    PhysAddr low_end(maps_low_memory(base_revision) ? low_memory_end : 0);
    for (const MemoryMapEntry& entry : map) {
        if (!is_in_direct_map(entry.type, base_revision)) continue;
        bool framebuffer = entry.type == MemoryType::framebuffer;
        // Entries that share a page are cached alike: the memory map keeps framebuffers' pages to themselves.
        PhysAddr begin = PhysAddr(entry.base).page_down();
        TRY(planner.fill(std::min(begin, low_end)));
        TRY(planner.map(begin, PhysAddr(entry.base + entry.length).page_up(),
                        framebuffer ? arch::Caching::write_combining : arch::Caching::write_back));
    }
    return planner.fill(low_end);
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

Status plan_direct_map(DirectMap where, std::span<const MemoryMapEntry> map, std::uint64_t base_revision,
                       List<arch::Mapping>& plan) {
    return plan_memory(map, base_revision, MemoryPlanner(where, PhysAddr(), plan));
}

Status plan_identity_map(std::span<const MemoryMapEntry> map, std::uint64_t base_revision, List<arch::Mapping>& plan) {
    if (!has_identity_map(base_revision)) return {};
    return plan_memory(map, base_revision, MemoryPlanner(DirectMap(), PhysAddr(page_size), plan));
}

PlanBounds plan_bounds(const Executable& executable, std::uint64_t base_revision, arch::Levels levels,
                       std::uint64_t edges, PhysAddr memory_end) {
    // Either map's offset is a multiple of 1 GiB. So it needs pages of 4 KiB only in those 2 MiB in which some entry
    // begins or ends, or the map itself; of the tables above, one for each GiB below the end of memory, one for each
    // 512 GiB that this touches and, where the root is a level higher, one for each 256 TiB.
    static_assert(is_aligned(hhdm_offset, huge_page_size));
    constexpr std::uint64_t root = 1;
    std::uint64_t end = std::max(memory_end.value(), maps_low_memory(base_revision) ? low_memory_end : 0);
    std::uint64_t gigabytes = end / huge_page_size + 1;
    std::uint64_t upper = gigabytes / 512 + 2;
    if (levels == arch::Levels::five) upper += gigabytes / (512 * 512) + 2;
    std::uint64_t small_pages = std::min(edges + 1, end / large_page_size + 1);
    std::uint64_t maps = has_identity_map(base_revision) ? 2 : 1;
    // Each entry is a mapping, and so may be what lies before it and behind the last.
    return {.mappings = maps * (2 * edges + 1) + executable.segments().size(),
            .tables = root + maps * (small_pages + gigabytes + upper) +
                      arch::PageTables::frames_needed(executable.image_size(), arch::Offset::arbitrary)};
}

}  // namespace lintel::loader
