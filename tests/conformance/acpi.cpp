// See the header.
#include "tests/conformance/acpi.hpp"

#include <array>

namespace lintel::conformance {
namespace {

constinit std::array<AcpiTable, 64> found{};
constinit std::size_t found_count = 0;

void note(std::string_view signature, Range range) {
    for (const AcpiTable& table : std::span(found).first(found_count))
        if (table.range.base == range.base) return;
    if (found_count < found.size()) found[found_count++] = {signature, range};
}

void note_table(std::uint64_t address) {
    Bytes table = acpi_table(address);
    if (!table.empty()) note(as_text(table.first(4)), {address, table.size()});
}

/// RSDT and XSDT: addresses of tables, 4 or 8 bytes each, behind the header.
template <class Address>
void note_listed(std::uint64_t root) {
    Bytes table = acpi_table(root);
    for (std::uint64_t at = 36; at + sizeof(Address) <= table.size(); at += sizeof(Address))
        note_table(*read_at<Address>(table, at));
}

/// FACS, DSDT and their 64-bit successors in the FADT (ACPI 6.5, table 5.9).
void note_from_fadt(Bytes fadt) {
    for (std::uint64_t at : {36U, 40U}) note_table(read_at<std::uint32_t>(fadt, at).value_or(0));
    for (std::uint64_t at : {132U, 140U}) note_table(read_at<std::uint64_t>(fadt, at).value_or(0));
}

}  // namespace

std::optional<std::uint64_t> rsdp_address() {
    const auto* response = limine::request<limine::Rsdp>.response();
    if (response == nullptr) return std::nullopt;
    auto address = reinterpret_cast<std::uint64_t>(response->address);
    // Whether it is physical or in the direct map is judged elsewhere: it is one of the two, and found either way.
    return address >= direct_map_offset() ? address - direct_map_offset() : address;
}

Bytes acpi_table(std::uint64_t address) {
    constexpr std::uint32_t header_size = 8, largest = 1 << 20;
    if (address == 0) return {};
    auto length = read_at<std::uint32_t>(physical(address, header_size), 4).value_or(0);
    if (length < header_size || length > largest) return {};
    return physical(address, length);
}

std::span<const AcpiTable> acpi_tables() {
    auto rsdp = rsdp_address();
    if (!rsdp || found_count != 0) return std::span(found).first(found_count);
    auto revision = read_at<std::uint8_t>(physical(*rsdp, 20), 15).value_or(0);
    note("RSDP", {*rsdp, revision >= 2 ? 36U : 20U});
    std::uint64_t rsdt = read_at<std::uint32_t>(physical(*rsdp, 20), 16).value_or(0);
    note_table(rsdt);
    note_listed<std::uint32_t>(rsdt);
    if (revision >= 2) {
        std::uint64_t xsdt = read_at<std::uint64_t>(physical(*rsdp, 36), 24).value_or(0);
        note_table(xsdt);
        note_listed<std::uint64_t>(xsdt);
    }
    note_from_fadt(find_acpi_table("FACP"));
    return std::span(found).first(found_count);
}

Bytes find_acpi_table(std::string_view signature) {
    if (found_count == 0 && acpi_tables().empty()) return {};
    for (const AcpiTable& table : std::span(found).first(found_count))
        if (table.signature == signature) return acpi_table(table.range.base);
    return {};
}

}  // namespace lintel::conformance
