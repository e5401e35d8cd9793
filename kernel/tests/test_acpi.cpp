// ACPI's tables as this machine has them.
#include <algorithm>
#include <array>

#include "base/physical_memory.hpp"
#include "kernel/acpi/acpi.hpp"
#include "kernel/acpi/contents.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/tests/tests.hpp"
#include "protocol/limine.hpp"

namespace lintel {
namespace {

void what_is_not_refused_is_sound() {
    expect(!acpi_tables().all().empty(), "there are no tables");
    for (const acpi::Table& table : acpi_tables().all())
        if (!table.refusal) expect(sums_to_zero(table.bytes), "a checksum is wrong");
}

void the_madt_names_this_processor() {
    const auto madt = acpi_tables().table(acpi::madt_signature);
    bool named = false;
    if (madt)
        acpi::for_each_processor(*madt, [&](const acpi::Processor& one) {
            if (one.apic_id == this_processor().apic_id && one.usable) named = true;
        });
    expect(named, "this processor's local APIC is not in the MADT");
}

void the_machine_can_be_switched_off() {
    const auto fadt = acpi_tables().table(acpi::fadt_signature);
    const auto fixed = fadt ? acpi::fixed_hardware(*fadt) : std::unexpected(fadt.error());
    expect(fixed && (fixed->control_a || fixed->sleep_control), "there is no register for it");
    bool found = false;
    for (const acpi::Table& table : acpi_tables().all())
        if (!table.refusal && acpi::soft_off(table.bytes)) found = true;
    expect(found, "there is no \\_S5");
}

void a_table_that_is_not_there_is_said_to_be_so() {
    const auto none = acpi_tables().table("NONE");
    expect(!none && none.error().code == ErrorCode::not_found && none.error().subject == "NONE", "it was found");
}

/// The firmware's memory, with one bit of one table wrong.
class Damaged final : public acpi::TableMemory {
public:
    explicit Damaged(const acpi::Table& table) : address_(table.address) {
        std::ranges::copy(table.bytes.first(std::min(table.bytes.size(), copy_.size())), copy_.begin());
        copy_[acpi::header_size] ^= std::byte{1};
    }
    [[nodiscard]] std::optional<Bytes> bytes(PhysAddr base, std::uint64_t length) const override {
        return base == address_ ? slice(copy_, 0, length) : firmware_memory().bytes(base, length);
    }

private:
    PhysAddr address_;
    std::array<std::byte, 1024> copy_{};
};

void one_with_a_wrong_bit_is_refused_by_its_name() {
    const auto* rsdp = limine::request<limine::Rsdp>.response();
    const auto tables = acpi_tables().all();
    const auto madt = std::ranges::find(tables, acpi::madt_signature, &acpi::Table::signature);
    if (rsdp == nullptr || madt == tables.end()) return skip("the machine has no MADT");
    const Damaged damaged(*madt);
    static std::array<acpi::Table, 128> room;
    const PhysAddr place = direct_map().phys(VirtAddr(reinterpret_cast<std::uint64_t>(rsdp->address)));
    const auto found = acpi::Tables::find(damaged, place, room);
    if (!found) return expect(false, "one table's damage costs all of them");
    const auto refused = found->table(acpi::madt_signature);
    if (refused) return expect(false, "it was not refused");
    expect_equal<std::string_view>(refused.error().text, "the checksum of an ACPI table is wrong", "the reason");
    expect_equal(refused.error().subject, acpi::madt_signature, "the table");
    expect(found->table(acpi::fadt_signature).has_value(), "another one was refused as well");
}

void what_is_not_mapped_is_not_read() {
    expect(!firmware_memory().bytes(PhysAddr(), 4), "address 0 was read");
    expect(!firmware_memory().bytes(PhysAddr(std::uint64_t{1} << 51), 4), "memory beyond the machine's was read");
    expect(!firmware_memory().bytes(PhysAddr(0xfee00000), 4), "a device's registers were read");
    expect(!firmware_memory().bytes(PhysAddr(~std::uint64_t{0}), 4), "the end of all addresses was read");
}

constexpr std::array<KernelTest, 6> acpi_list = {{
    {"acpi: what_is_not_refused_is_sound", what_is_not_refused_is_sound},
    {"acpi: one_with_a_wrong_bit_is_refused_by_its_name", one_with_a_wrong_bit_is_refused_by_its_name},
    {"acpi: what_is_not_mapped_is_not_read", what_is_not_mapped_is_not_read},
    {"acpi: the_madt_names_this_processor", the_madt_names_this_processor},
    {"acpi: the_machine_can_be_switched_off", the_machine_can_be_switched_off},
    {"acpi: a_table_that_is_not_there_is_said_to_be_so", a_table_that_is_not_there_is_said_to_be_so},
}};

}  // namespace

const std::span<const KernelTest> acpi_tests = acpi_list;

}  // namespace lintel
