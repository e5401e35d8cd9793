// ACPI's tables as this machine has them.
#include <array>

#include "base/physical_memory.hpp"
#include "kernel/acpi/acpi.hpp"
#include "kernel/acpi/contents.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/tests/tests.hpp"

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

constexpr std::array<KernelTest, 4> tests = {{
    {"acpi: what_is_not_refused_is_sound", what_is_not_refused_is_sound},
    {"acpi: the_madt_names_this_processor", the_madt_names_this_processor},
    {"acpi: the_machine_can_be_switched_off", the_machine_can_be_switched_off},
    {"acpi: a_table_that_is_not_there_is_said_to_be_so", a_table_that_is_not_there_is_said_to_be_so},
}};

}  // namespace

const std::span<const KernelTest> acpi_tests = tests;

}  // namespace lintel
