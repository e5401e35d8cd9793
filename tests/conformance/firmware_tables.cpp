// RSDP and the ACPI tables behind it, SMBIOS, and the EFI system table.
// Invariant: all of it is reached by physical address, so that what a base revision does not map can be read as well.
#include "base/address.hpp"
#include "tests/conformance/acpi.hpp"
#include "tests/conformance/kernel.hpp"
#include "tests/conformance/requests.hpp"

namespace lintel::conformance {
namespace {

using enum limine::MemoryType;

constexpr Types acpi_types{acpi_reclaimable, acpi_nvs, reserved_mapped};

bool sums_to_zero(Bytes bytes) {
    unsigned sum = 0;
    for (std::byte byte : bytes) sum += static_cast<unsigned>(byte);
    return (sum & 0xff) == 0;
}

/// Whether an address is physical or in the direct map, as the base revision has it; and the physical one.
struct TableAddress {
    bool of_the_right_kind;
    std::uint64_t physical;
};

TableAddress table_address(const void* pointer, bool physical_wanted) {
    auto address = reinterpret_cast<std::uint64_t>(pointer);
    bool in_direct_map = address >= direct_map_offset();
    return {in_direct_map != physical_wanted, in_direct_map ? address - direct_map_offset() : address};
}

template <class Feature>
const typename Feature::Response* judged(Report& report) {
    const auto* response = limine::request<Feature>.response();
    if (response == nullptr) return nullptr;
    report.promise("the response lies in bootloader-reclaimable memory",
                   points_into(response, sizeof *response, bootloader_reclaimable));
    report.promise("the response's revision is 0", response->revision == 0, "it is {}", response->revision);
    return response;
}

void judge_acpi_places(Report& report) {
    struct Kind {
        std::string_view words;
        std::string_view signature;
    };
    constexpr Kind kinds[] = {
        {"the RSDP is in an ACPI or a reserved, mapped entry", "RSDP"},
        {"the RSDT is in an ACPI or a reserved, mapped entry", "RSDT"},
        {"the XSDT is in an ACPI or a reserved, mapped entry", "XSDT"},
        {"the FACS is in an ACPI or a reserved, mapped entry", "FACS"},
        {"the DSDT is in an ACPI or a reserved, mapped entry", "DSDT"},
        {"each other ACPI table is in an ACPI or a reserved, mapped entry", ""},
    };
    for (const Kind& kind : kinds) {
        std::uint64_t seen = 0, wrong = 0, first = 0;
        for (const AcpiTable& table : acpi_tables()) {
            bool named = table.signature == "RSDP" || table.signature == "RSDT" || table.signature == "XSDT" ||
                         table.signature == "FACS" || table.signature == "DSDT";
            if (kind.signature.empty() ? named : table.signature != kind.signature) continue;
            ++seen;
            if (!lies_in(table.range, acpi_types) && wrong++ == 0) first = table.range.base;
        }
        if (seen == 0)
            report.skip(kind.words, "the firmware has none");
        else
            report.promise(kind.words, wrong == 0, "{} of {} are not, first {:x}", wrong, seen, first);
    }
}

void judge_rsdp(Report& report) {
    report.section("RSDP Feature");
    const auto* response = judged<limine::Rsdp>(report);
    if (!report.promise("the request is answered: this machine has ACPI", response != nullptr)) return;
    TableAddress rsdp = table_address(response->address, asked_revision == 3);
    report.promise("the address is physical in revision 3 alone", rsdp.of_the_right_kind, "it is {}",
                   response->address);
    Bytes bytes = physical(rsdp.physical, 36);
    report.promise("there is the RSDP's signature", as_text(bytes.first(8)) == "RSD PTR ");
    report.promise("the RSDP's checksum is right", sums_to_zero(bytes.first(20)));
    if (asked_revision != 3) report.promise("the address is mapped", is_mapped(response->address, 20));
    if (asked_revision < 4) return;
    report.section("Base Revision 4");
    judge_acpi_places(report);
}

void judge_smbios_entry(Report& report, std::string_view which, const void* pointer, std::string_view anchor) {
    TextBuffer<100> words;
    auto say = [&](std::string_view rest) {
        words.clear();
        print(words, "the {} entry point {}", which, rest);
        return words.text();
    };
    if (pointer == nullptr) return report.skip(say("starts with its anchor"), "the firmware has none");
    TableAddress entry = table_address(pointer, asked_revision == 3 || asked_revision == 4);
    report.promise(say("is physical in revisions 3 and 4 alone"), entry.of_the_right_kind, "it is {}", pointer);
    const bool old = anchor.size() == 4;
    Bytes bytes = physical(entry.physical, old ? 31 : 24);
    report.promise(say("starts with its anchor"), as_text(bytes.first(anchor.size())) == anchor);
    auto length = read_at<std::uint8_t>(bytes, old ? 5 : 6).value_or(0);
    report.promise(say("sums to zero"), length <= 32 && sums_to_zero(physical(entry.physical, length)));
    if (asked_revision < 5) return;
    // DSP0134 3.7, 5.2.1 and 5.2.2.
    Range table{old ? read_at<std::uint32_t>(bytes, 24).value_or(0) : read_at<std::uint64_t>(bytes, 16).value_or(0),
                old ? read_at<std::uint16_t>(bytes, 22).value_or(0) : read_at<std::uint32_t>(bytes, 12).value_or(0)};
    report.promise(say("is in a reserved, mapped entry"), lies_in({entry.physical, length}, reserved_mapped));
    // The 64-bit entry point tells how long its table can be at most: what has to be mapped is where it starts.
    report.promise(say("leads to structures in a reserved, mapped entry"),
                   lies_in({table.base, old ? table.length : 1}, reserved_mapped), "they are at {:x}", table.base);
    report.promise(say("can be read where the response says"), is_mapped(pointer, length));
}

void judge_smbios(Report& report) {
    report.section("SMBIOS Feature");
    const auto* response = judged<limine::Smbios>(report);
    if (response == nullptr) return report.skip("a response has an entry point", "the firmware has no SMBIOS");
    report.promise("a response has an entry point", response->entry_32 != nullptr || response->entry_64 != nullptr);
    judge_smbios_entry(report, "32-bit", response->entry_32, "_SM_");
    judge_smbios_entry(report, "64-bit", response->entry_64, "_SM3_");
}

/// Offsets in EFI_SYSTEM_TABLE (UEFI 2.10, 4.3).
constexpr std::uint64_t efi_vendor = 24, efi_runtime = 88, efi_boot = 96, efi_table_count = 104, efi_tables = 112;
constexpr std::uint64_t efi_system_table_size = 120, efi_runtime_size = 136, efi_configuration_entry = 24;

void judge_efi_places(Report& report, std::uint64_t table, Bytes system) {
    auto word = [&](std::uint64_t at) { return read_at<std::uint64_t>(system, at).value_or(0); };
    report.section("Base Revision 5");
    report.promise("the EFI system table is in a reserved, mapped entry",
                   lies_in({table, efi_system_table_size}, reserved_mapped));
    report.promise("the EFI runtime services table is in a reserved, mapped entry",
                   lies_in({word(efi_runtime), efi_runtime_size}, reserved_mapped));
    report.promise("the EFI configuration table is in a reserved, mapped entry",
                   lies_in({word(efi_tables), word(efi_table_count) * efi_configuration_entry}, reserved_mapped));
    report.promise("the EFI firmware vendor's name is in a reserved, mapped entry",
                   lies_in({word(efi_vendor), 2}, reserved_mapped));
}

void judge_efi(Report& report) {
    report.section("EFI System Table Feature");
    const auto* firmware = limine::request<FirmwareType>.response();
    const bool efi = firmware != nullptr && firmware->type == limine::Firmware::efi64;
    const auto* response = judged<limine::EfiSystemTable>(report);
    report.promise("there is a response where there is EFI, and none without", (response != nullptr) == efi);
    if (response == nullptr) return;
    TableAddress table = table_address(response->address, asked_revision == 3 || asked_revision == 4);
    report.promise("the address is physical in revisions 3 and 4 alone", table.of_the_right_kind, "it is {}",
                   response->address);
    Bytes system = physical(table.physical, efi_system_table_size);
    report.promise("there is the system table's signature", as_text(system.first(8)) == "IBI SYST");
    std::uint64_t runtime = read_at<std::uint64_t>(system, efi_runtime).value_or(0);
    report.promise("the runtime services table has its signature", as_text(physical(runtime, 8)) == "RUNTSERV");
    if (asked_revision >= 5) judge_efi_places(report, table.physical, system);
    report.section("Machine State at Entry");
    report.promise("boot services are exited", read_at<std::uint64_t>(system, efi_boot) == 0);
}

}  // namespace

void judge_firmware_tables(Report& report) {
    judge_rsdp(report);
    judge_smbios(report);
    judge_efi(report);
}

}  // namespace lintel::conformance
