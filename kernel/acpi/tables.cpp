#include "kernel/acpi/tables.hpp"

#include <algorithm>

#include "base/physical_memory.hpp"

namespace lintel::acpi {
namespace {

Error refuse(Literal why, std::string_view signature, PhysAddr address) {
    return {ErrorCode::malformed, Notation::address, why, signature, address.value()};
}

/// Where the root table is: the XSDT, where there is one.
struct Root {
    PhysAddr address;
    std::string_view signature;
};

Result<Root> read_rsdp(const TableMemory& memory, PhysAddr rsdp) {
    const auto first = memory.bytes(rsdp, rsdp_size_before_2);
    if (!first) return fail_at(ErrorCode::malformed, "the RSDP cannot be read", rsdp.value());
    if (!as_text(*first).starts_with("RSD PTR "))
        return fail_at(ErrorCode::malformed, "what should be the RSDP is not one", rsdp.value());
    if (!sums_to_zero(*first)) return fail_at(ErrorCode::malformed, "the RSDP's checksum is wrong", rsdp.value());
    const PhysAddr rsdt(*read_at<std::uint32_t>(*first, 16));
    const bool extended = *read_at<std::uint8_t>(*first, 15) >= 2;
    if (!extended) return Root{rsdt, "RSDT"};

    const auto whole = memory.bytes(rsdp, rsdp_size_from_2);
    const std::uint32_t length = whole ? *read_at<std::uint32_t>(*whole, 20) : 0;
    if (length < rsdp_size_from_2 || length > page_size)
        return fail(ErrorCode::malformed, "the RSDP's length makes no sense", {}, length);
    const auto all = memory.bytes(rsdp, length);
    if (!all || !sums_to_zero(*all))
        return fail_at(ErrorCode::malformed, "the RSDP's extended checksum is wrong", rsdp.value());
    const PhysAddr xsdt(*read_at<std::uint64_t>(*all, 24));
    return xsdt == PhysAddr() ? Root{rsdt, "RSDT"} : Root{xsdt, "XSDT"};
}

}  // namespace

Result<Tables> Tables::find(const TableMemory& memory, PhysAddr rsdp, std::span<Table> room) {
    const Root root = TRY(read_rsdp(memory, rsdp));
    Tables tables(memory, room);
    TRY(tables.add(root.address));
    const Table& table = tables.tables_[0];
    if (table.refusal) return std::unexpected(*table.refusal);
    if (table.signature() != root.signature)
        return std::unexpected(
            refuse("what should be ACPI's root table is another one", table.signature(), root.address));
    TRY(tables.add_all_of(table.bytes));
    return tables;
}

/// The RSDT and the XSDT differ in the width of their entries (5.2.7, 5.2.8).
Status Tables::add_all_of(Bytes root) {
    const std::uint64_t width = as_text(root).starts_with("XSDT") ? 8 : 4;
    for (std::uint64_t at = header_size; at + width <= root.size(); at += width)
        TRY(add(PhysAddr(width == 8 ? copy_at<std::uint64_t>(root, at) : copy_at<std::uint32_t>(root, at))));
    // The DSDT is named by the FADT alone: by its 64-bit address, where there is one (5.2.9).
    const auto fadt = table(fadt_signature);
    if (!fadt) return {};
    const std::uint64_t wide = read_at<std::uint64_t>(*fadt, 140).value_or(0);
    const std::uint64_t dsdt = wide != 0 ? wide : read_at<std::uint32_t>(*fadt, 40).value_or(0);
    return dsdt == 0 ? Status() : add(PhysAddr(dsdt));
}

Status Tables::add(PhysAddr address) {
    if (std::ranges::find(tables_, address, &Table::address) != tables_.end()) return {};
    if (!tables_.push(look_at(address)))
        return fail(ErrorCode::unsupported, "the firmware has more ACPI tables than there is room for", {},
                    tables_.capacity());
    return {};
}

Table Tables::look_at(PhysAddr address) const {
    Table table{.address = address};
    const auto refused = [&](Literal why) {
        table.refusal = refuse(why, table.signature(), address);
        return table;
    };
    const auto header = memory_->bytes(address, header_size);
    if (!header) return refused("an ACPI table cannot be read");
    table.bytes = *header;
    const auto length = copy_at<std::uint32_t>(*header, 4);
    if (length < header_size) return refused("an ACPI table is shorter than its header");
    if (length > longest_table) return refused("an ACPI table is longer than any can be");
    const auto whole = memory_->bytes(address, length);
    if (!whole) return refused("an ACPI table reaches beyond what can be read");
    if (!sums_to_zero(*whole)) return refused("the checksum of an ACPI table is wrong");
    table.bytes = *whole;
    return table;
}

Result<Bytes> Tables::table(std::string_view signature) const {
    std::optional<Error> refusal;
    for (const Table& table : tables_) {
        if (table.signature() != signature) continue;
        if (!table.refusal) return table.bytes;
        if (!refusal) refusal = table.refusal;
    }
    if (refusal) return std::unexpected(*refusal);
    return fail(ErrorCode::not_found, "the firmware has no ACPI table", signature);
}

}  // namespace lintel::acpi
