// The EFI memory map, and what the boot protocol makes of each of its types.
// Invariant: descriptors are read by the size that the response tells, never by a structure's.
#include "base/address.hpp"
#include "tests/conformance/kernel.hpp"
#include "tests/conformance/memory.hpp"
#include "tests/conformance/requests.hpp"

namespace lintel::conformance {
namespace {

using enum limine::MemoryType;

// UEFI 2.10, 7.2.3, EFI_MEMORY_TYPE and EFI_MEMORY_DESCRIPTOR.
enum class EfiType : std::uint32_t {
    loader_code = 1,
    loader_data,
    boot_services_code,
    boot_services_data,
    runtime_services_code,
    runtime_services_data,
    conventional,
    unusable,
    acpi_reclaim,
    acpi_nvs,
};

struct Descriptor {
    EfiType type;
    Range range;
};

template <class Visit>
void for_each_descriptor(const limine::EfiMemoryMapResponse& map, Visit visit) {
    Bytes bytes(static_cast<const std::byte*>(map.memory_map), map.memory_map_size);
    for (std::uint64_t at = 0; at + map.descriptor_size <= bytes.size(); at += map.descriptor_size) {
        auto pages = read_at<std::uint64_t>(bytes, at + 24).value_or(0);
        visit(Descriptor{static_cast<EfiType>(read_at<std::uint32_t>(bytes, at).value_or(0)),
                         {read_at<std::uint64_t>(bytes, at + 8).value_or(0), pages * page_size}});
    }
}

/// What became of descriptors of one type: `becomes`, or, "unless overridden by any previous rules", `others`.
struct Rule {
    std::string_view words;
    EfiType type;
    Types becomes;
};

void judge_rule(Report& report, const limine::EfiMemoryMapResponse& map, const Rule& rule) {
    std::uint64_t seen = 0, wrong = 0, first = 0;
    for_each_descriptor(map, [&](const Descriptor& descriptor) {
        if (descriptor.type != rule.type) return;
        ++seen;
        std::uint64_t gap = 0;
        if (!lies_in(descriptor.range, rule.becomes, &gap) && wrong++ == 0) first = gap;
    });
    if (seen == 0)
        report.skip(rule.words, "the firmware has no such memory");
    else
        report.promise(rule.words, wrong == 0, "{} regions of {} do not, first {:x}", wrong, seen, first);
}

bool has_type_of_its_own(EfiType type) {
    return type >= EfiType::loader_code && type <= EfiType::acpi_nvs && type != EfiType::unusable;
}

/// "[anything else] -> RESERVED", unless a framebuffer or a table lies there.
void judge_others(Report& report, const limine::EfiMemoryMapResponse& map) {
    std::uint64_t wrong = 0, first = 0;
    for_each_descriptor(map, [&](const Descriptor& descriptor) {
        std::uint64_t gap = 0;
        if (has_type_of_its_own(descriptor.type)) return;
        if (!lies_in(descriptor.range, {reserved, reserved_mapped, framebuffer}, &gap) && wrong++ == 0) first = gap;
    });
    report.promise("all other EFI memory becomes reserved", wrong == 0, "{} regions do not, first {:x}", wrong, first);
}

void judge_types(Report& report, const limine::EfiMemoryMapResponse& map) {
    report.section("EFI Memory Map Entry Type to Limine Memory Map Type");
    // What the loader loaded, and firmware tables in memory of the loader's or of boot services.
    const Types taken{bootloader_reclaimable, executable_and_modules, reserved_mapped, framebuffer};
    const Types runtime{asked_revision >= 5 ? reserved_mapped : reserved};
    // The loader's own memory, wherever the map was when it took it; and page 0 below base revision 3.
    const Types own{usable, bootloader_reclaimable, executable_and_modules};
    const Types own_and_page_0{usable, bootloader_reclaimable, executable_and_modules, reserved};
    const Types conventional = asked_revision <= 2 ? own_and_page_0 : own;
    const Rule rules[] = {
        {"EfiLoaderCode becomes bootloader-reclaimable", EfiType::loader_code, taken},
        {"EfiLoaderData becomes bootloader-reclaimable", EfiType::loader_data, taken},
        {"EfiBootServicesCode becomes bootloader-reclaimable", EfiType::boot_services_code, taken},
        {"EfiBootServicesData becomes bootloader-reclaimable", EfiType::boot_services_data, taken},
        {"EfiRuntimeServicesCode becomes reserved, from revision 5 on mapped", EfiType::runtime_services_code, runtime},
        {"EfiRuntimeServicesData becomes reserved, from revision 5 on mapped", EfiType::runtime_services_data, runtime},
        {"EfiACPIReclaimMemory becomes ACPI reclaimable", EfiType::acpi_reclaim, acpi_reclaimable},
        {"EfiACPIMemoryNVS becomes ACPI NVS", EfiType::acpi_nvs, acpi_nvs},
        {"EfiConventionalMemory becomes usable, but for what the loader put there", EfiType::conventional,
         conventional},
    };
    for (const Rule& rule : rules) judge_rule(report, map, rule);

    std::uint64_t stray = 0, first = 0;
    for_each_descriptor(map, [&](const Descriptor& descriptor) {
        if (has_type_of_its_own(descriptor.type)) return;
        for (const auto* entry : memory_map()) {
            bool shares = entry->base < descriptor.range.end() && descriptor.range.base < entry->base + entry->length;
            bool claimed = entry->type == usable || entry->type == bootloader_reclaimable;
            if (shares && claimed && stray++ == 0) first = entry->base;
        }
    });
    report.promise("no other EFI memory becomes usable or reclaimable", stray == 0, "{} entries do, first {:x}", stray,
                   first);
    judge_others(report, map);
}

}  // namespace

void judge_efi_memory_map(Report& report) {
    report.section("EFI Memory Map Feature");
    const auto* firmware = limine::request<FirmwareType>.response();
    const auto* map = limine::request<limine::EfiMemoryMap>.response();
    const bool efi = firmware != nullptr && firmware->type == limine::Firmware::efi64;
    report.promise("there is a response where there is EFI, and none without", (map != nullptr) == efi);
    if (map == nullptr) return;
    report.promise("the map lies in bootloader-reclaimable memory",
                   points_into(map->memory_map, map->memory_map_size, bootloader_reclaimable), "it is at {}",
                   map->memory_map);
    report.promise("the response lies in bootloader-reclaimable memory",
                   points_into(map, sizeof *map, bootloader_reclaimable));
    report.promise("the response's revision is 0", map->revision == 0, "it is {}", map->revision);
    bool size = report.promise("descriptors have at least the size that UEFI defines", map->descriptor_size >= 40,
                               "it is {}", map->descriptor_size);
    report.promise("the map's size is a multiple of its descriptors'",
                   size && map->memory_map_size % map->descriptor_size == 0 && map->memory_map_size != 0, "it is {}",
                   map->memory_map_size);
    report.promise("the descriptors' version is 1", map->descriptor_version == 1, "it is {}", map->descriptor_version);
    if (size) judge_types(report, *map);
}

}  // namespace lintel::conformance
