// The walk from the RSDP to every table.
// Invariant: a table is noted once its header was read and its length makes sense.
#include "loader/core/acpi.hpp"

#include <algorithm>

namespace lintel::loader {
namespace {

using acpi::header_size;
using acpi::longest_table;
using acpi::rsdp_size_before_2;
using acpi::rsdp_size_from_2;

std::string_view signature_of(Bytes table) { return as_text(table).substr(0, 4); }

}  // namespace

Result<AcpiTables> AcpiTables::find(PhysicalMemory memory, PhysAddr rsdp) {
    AcpiTables tables(memory);
    auto old = memory.bytes(rsdp, rsdp_size_before_2);
    if (!old || !as_text(*old).starts_with("RSD PTR ") || !sums_to_zero(*old)) return tables;
    bool extended = *read_at<std::uint8_t>(*old, 15) >= 2;
    auto all = memory.bytes(rsdp, extended ? rsdp_size_from_2 : rsdp_size_before_2);
    if (!all) return tables;
    // From revision 2 on the RSDP states its own length.
    std::uint64_t length = extended ? *read_at<std::uint32_t>(*all, 20) : rsdp_size_before_2;
    TRY(tables.add({rsdp, std::clamp<std::uint64_t>(length, all->size(), page_size)}));
    TRY(tables.add_root(PhysAddr(*read_at<std::uint32_t>(*all, 16)), sizeof(std::uint32_t)));
    if (extended) TRY(tables.add_root(PhysAddr(*read_at<std::uint64_t>(*all, 24)), sizeof(std::uint64_t)));
    return tables;
}

/// The RSDT and the XSDT differ in the width of their entries (5.2.7, 5.2.8).
Status AcpiTables::add_root(PhysAddr root, std::uint64_t entry_size) {
    TRY(add_table(root));
    auto header = memory_.bytes(root, header_size);
    if (!header) return {};
    auto table = memory_.bytes(root, *read_at<std::uint32_t>(*header, 4));
    if (!table || table->size() > longest_table) return {};
    for (std::uint64_t at = header_size; at + entry_size <= table->size(); at += entry_size) {
        std::uint64_t address = entry_size == sizeof(std::uint32_t) ? *read_at<std::uint32_t>(*table, at)
                                                                    : *read_at<std::uint64_t>(*table, at);
        Bytes added = TRY(add_table(PhysAddr(address)));
        // A FADT anywhere else is not followed: a chain of them would take more stack than a loader has.
        if (signature_of(added) == acpi::fadt_signature) TRY(add_tables_of_fadt(added));
    }
    return {};
}

/// Gives the table; nothing where it was noted before or makes no sense. Also for the FACS, which has its length in the
/// same place as all others (5.2.10).
Result<Bytes> AcpiTables::add_table(PhysAddr address) {
    auto header = memory_.bytes(address, 8);
    if (!header) return Bytes();
    std::uint32_t length = *read_at<std::uint32_t>(*header, 4);
    auto table = memory_.bytes(address, length);
    if (length < header_size || length > longest_table || !table) return Bytes();
    bool known = std::ranges::any_of(ranges(), [&](const Range& range) { return range.base == address; });
    if (known) return Bytes();
    TRY(add({address, length}));
    return *table;
}

/// FIRMWARE_CTRL, DSDT, and their 64-bit successors (5.2.9). Older tables are shorter.
Status AcpiTables::add_tables_of_fadt(Bytes fadt) {
    for (std::uint64_t offset : {36U, 40U})
        if (auto address = read_at<std::uint32_t>(fadt, offset)) TRY(add_table(PhysAddr(*address)));
    for (std::uint64_t offset : {132U, 140U})
        if (auto address = read_at<std::uint64_t>(fadt, offset)) TRY(add_table(PhysAddr(*address)));
    return {};
}

Status AcpiTables::add(Range range) {
    if (count_ == ranges_.size()) return fail(ErrorCode::unsupported, "the firmware has more than 256 ACPI tables");
    ranges_[count_++] = range;
    return {};
}

std::optional<Bytes> AcpiTables::table(std::string_view signature) const {
    for (const Range& range : ranges()) {
        auto bytes = memory_.bytes(range.base, range.length);
        if (bytes && bytes->size() >= header_size && signature_of(*bytes) == signature) return bytes;
    }
    return std::nullopt;
}

}  // namespace lintel::loader
