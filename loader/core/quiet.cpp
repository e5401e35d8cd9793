#include "loader/core/quiet.hpp"

#include <array>

#include "arch/local_apic.hpp"
#include "arch/quiet.hpp"
#include "base/list.hpp"

namespace lintel::loader {
namespace {

/// The ACPI processor UID that goes with a local APIC's ID.
std::optional<std::uint32_t> processor_uid(Bytes madt, std::uint32_t apic_id) {
    std::optional<std::uint32_t> found;
    acpi::for_each_processor(madt, [&](const acpi::Processor& processor) {
        if (processor.apic_id == apic_id) found = processor.uid;
    });
    return found;
}

}  // namespace

void quiet_local_apic(const AcpiTables& tables, DirectMap memory) {
    std::array<arch::LocalNmi, 2> storage;
    List<arch::LocalNmi> nmis(storage);
    if (auto madt = tables.table(acpi::madt_signature)) {
        auto own_uid = processor_uid(*madt, arch::local_apic_id(memory));
        acpi::for_each_local_nmi(*madt, [&](acpi::LocalNmi nmi) {
            bool is_ours = !nmi.processor || nmi.processor == own_uid;
            // An APIC has two such pins; what a table says beyond that is no pin.
            if (is_ours && nmi.input < 2) (void)nmis.push({.pin = nmi.input, .flags = nmi.flags});
        });
    }
    arch::quiet_local_apic(nmis.view(), memory);
}

void quiet_machine(const Prepared& prepared, DirectMap memory) {
    const AcpiTables& tables = prepared.acpi;
    arch::quiet_legacy_pics();
    if (auto madt = tables.table(acpi::madt_signature))
        acpi::for_each_io_apic(*madt,
                               [&](acpi::IoApic apic) { arch::quiet_io_apic(apic.address, prepared.silence, memory); });
    if (prepared.iommus == Iommus::keep) return;
    if (auto dmar = tables.table(acpi::dmar_signature))
        acpi::for_each_vtd_unit(*dmar, [&](PhysAddr registers) { arch::disable_vtd(registers, memory); });
    if (auto ivrs = tables.table(acpi::ivrs_signature))
        acpi::for_each_amd_iommu(*ivrs, [&](PhysAddr registers) { arch::disable_amd_vi(registers, memory); });
}

}  // namespace lintel::loader
