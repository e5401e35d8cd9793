// The firmware's tables: ACPI's walk, the entries of MADT, DMAR and IVRS, and SMBIOS.
// The input: a physical memory from its second page on, with the RSDP at its start and an SMBIOS entry point of each
// form behind it. Checksums are made right, or no change to these would get any further.
#include "loader/core/acpi.hpp"

#include "loader/core/smbios.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lintel::fuzz {
namespace {

using namespace lintel::loader;

constexpr PhysAddr memory_begin(page_size);
constexpr std::size_t rsdp_offset = 0;
constexpr std::size_t smbios_32_offset = 0x30;
constexpr std::size_t smbios_64_offset = 0x50;

/// Makes the `length` bytes at `offset` add up to zero by changing the one at `checksum`.
void correct(MutableBytes memory, std::size_t offset, std::size_t length, std::size_t checksum) {
    auto bytes = slice(memory, offset, length);
    if (!bytes) return;
    unsigned sum = 0;
    for (std::byte byte : *bytes) sum += std::to_integer<unsigned>(byte);
    std::byte& target = memory[offset + checksum];
    target = static_cast<std::byte>(std::to_integer<unsigned>(target) - sum);
}

/// Visits what a table's entries say; each visit takes at least two bytes of the table.
void visit_entries(const AcpiTables& tables) {
    std::size_t visits = 0;
    auto visit = [&](auto) { ++visits; };
    if (auto madt = tables.table(acpi::madt_signature)) {
        acpi::for_each_io_apic(*madt, visit);
        acpi::for_each_local_nmi(*madt, visit);
        ensure(visits <= madt->size(), "each entry is visited once");
        static_cast<void>(acpi::local_apic_address(*madt));
    }
    if (auto dmar = tables.table(acpi::dmar_signature)) acpi::for_each_vtd_unit(*dmar, visit);
    if (auto ivrs = tables.table(acpi::ivrs_signature)) acpi::for_each_amd_iommu(*ivrs, visit);
}

void check_acpi(PhysicalMemory memory) {
    auto tables = AcpiTables::find(memory, memory_begin + rsdp_offset);
    if (!tables) return check_error(tables.error());
    auto ranges = tables->ranges();
    for (std::size_t i = 1; i < ranges.size(); ++i) {
        ensure(memory.bytes(ranges[i].base, ranges[i].length).has_value(), "tables lie in memory");
        ensure(std::ranges::count(ranges.subspan(1), ranges[i].base, &Range::base) == 1, "a table is noted once");
    }
    visit_entries(*tables);
}

void check_smbios(PhysicalMemory memory) {
    for (const auto& tables : {find_smbios_32(memory, memory_begin + smbios_32_offset),
                               find_smbios_64(memory, memory_begin + smbios_64_offset)}) {
        if (!tables) continue;
        ensure(memory.bytes(tables->entry_point.base, tables->entry_point.length).has_value(), "entry in memory");
        auto structures = memory.bytes(tables->structures.base, tables->structures.length);
        ensure(structures.has_value(), "structures in memory");
        if (auto text = find_oem_string(*structures, "l"))
            ensure(text->begin() > as_text(*structures).begin() && text->end() < as_text(*structures).end(),
                   "a string lies in its structure, with a zero behind it");
    }
}

}  // namespace

void try_input(Bytes input) {
    auto content = copy_of(input);
    correct(content, rsdp_offset, 20, 8);
    correct(content, smbios_32_offset, 0x1f, 4);
    correct(content, smbios_64_offset, 0x18, 5);
    // Safety: the map is used within the bounds that the memory is given.
    DirectMap map(reinterpret_cast<std::uint64_t>(content.data()) - memory_begin.value());
    PhysicalMemory memory(map, memory_begin + content.size(), memory_begin);
    check_acpi(memory);
    check_smbios(memory);
}

}  // namespace lintel::fuzz
