#include "base/acpi.hpp"

namespace lintel::acpi {

std::optional<LocalNmi> local_nmi(std::uint8_t type, Bytes entry) {
    if (type == 4 && entry.size() >= 6) {
        auto processor = *read_at<std::uint8_t>(entry, 2);
        return LocalNmi{.processor = processor == 0xff ? std::nullopt : std::optional<std::uint32_t>(processor),
                        .flags = *read_at<std::uint16_t>(entry, 3),
                        .input = *read_at<std::uint8_t>(entry, 5)};
    }
    if (type == 10 && entry.size() >= 12) {
        auto processor = *read_at<std::uint32_t>(entry, 4);
        return LocalNmi{.processor = processor == UINT32_MAX ? std::nullopt : std::optional(processor),
                        .flags = *read_at<std::uint16_t>(entry, 2),
                        .input = *read_at<std::uint8_t>(entry, 8)};
    }
    return std::nullopt;
}

std::optional<Processor> processor(std::uint8_t type, Bytes entry) {
    constexpr std::uint32_t enabled = 1 << 0, online_capable = 1 << 1;
    auto usable = [](std::uint32_t flags) { return (flags & (enabled | online_capable)) != 0; };
    // An ID of nothing but ones stands for no processor.
    if (type == 0 && entry.size() >= 8) {
        auto apic_id = *read_at<std::uint8_t>(entry, 3);
        if (apic_id == UINT8_MAX) return std::nullopt;
        return Processor{.uid = *read_at<std::uint8_t>(entry, 2),
                         .apic_id = apic_id,
                         .usable = usable(*read_at<std::uint32_t>(entry, 4))};
    }
    if (type == 9 && entry.size() >= 16) {
        auto apic_id = *read_at<std::uint32_t>(entry, 4);
        if (apic_id == UINT32_MAX) return std::nullopt;
        return Processor{.uid = *read_at<std::uint32_t>(entry, 12),
                         .apic_id = apic_id,
                         .usable = usable(*read_at<std::uint32_t>(entry, 8))};
    }
    return std::nullopt;
}

std::optional<PhysAddr> local_apic_address(Bytes madt) {
    auto narrow = read_at<std::uint32_t>(madt, 36);
    if (!narrow) return std::nullopt;
    PhysAddr address(*narrow);
    for_each_entry<std::uint8_t>(madt, madt_entries, [&](std::uint8_t type, Bytes entry) {
        auto wide = read_at<std::uint64_t>(entry, 4);
        if (type == 5 && wide) address = PhysAddr(*wide);
    });
    return address;
}

}  // namespace lintel::acpi
