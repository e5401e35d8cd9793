#include "kernel/acpi/power.hpp"

#include "arch/arch.hpp"
#include "arch/device_io.hpp"
#include "arch/power.hpp"
#include "kernel/acpi/acpi.hpp"
#include "kernel/acpi/contents.hpp"
#include "kernel/acpi/registers.hpp"

namespace lintel {
namespace {

using acpi::RegisterAddress;

constexpr std::uint32_t sci_enabled = 1 << 0;  // in the PM1 control registers (ACPI 6.5, 4.8.3.2.1)

// Reads of a register before the machine counts as deaf: well over what any needs, be it emulated on a busy host.
constexpr int patience = 1'000'000;

Result<acpi::FixedHardware> hardware() { return acpi::fixed_hardware(TRY(acpi_tables().table(acpi::fadt_signature))); }

/// \_S5 stands in the DSDT, or in one of the SSDTs.
Result<acpi::SoftOff> find_soft_off() {
    for (const acpi::Table& table : acpi_tables().all()) {
        if (table.refusal || (table.signature() != acpi::dsdt_signature && table.signature() != acpi::ssdt_signature))
            continue;
        if (auto found = acpi::soft_off(table.bytes)) return *found;
    }
    return fail(ErrorCode::not_found, "the firmware does not say how the machine is switched off: no \\_S5");
}

/// Before ACPI is enabled, the registers may be the firmware's (4.8.2.5).
Status enable_acpi(const acpi::FixedHardware& fixed) {
    if (fixed.smi_command == 0 || fixed.acpi_enable == 0) return {};
    if ((TRY(read_register(*fixed.control_a)) & sci_enabled) != 0) return {};
    arch::write_system_io(fixed.smi_command, 1, fixed.acpi_enable);
    for (int i = 0; i < patience; ++i)
        if ((TRY(read_register(*fixed.control_a)) & sci_enabled) != 0) return {};
    return fail(ErrorCode::device, "the firmware does not hand the power registers over");
}

Status sleep_for_good(const RegisterAddress& control, std::uint8_t type) {
    return write_register(control, acpi::sleep_control(TRY(read_register(control)), type));
}

/// Gives the machine the time to do what it was told.
void linger() {
    for (int i = 0; i < patience; ++i) arch::wait_a_moment();
}

}  // namespace

Status poweroff() {
    const acpi::FixedHardware fixed = TRY(hardware());
    const acpi::SoftOff off = TRY(find_soft_off());
    if (!fixed.control_a && !fixed.sleep_control)
        return fail(ErrorCode::not_found, "the firmware does not say where the machine is switched off");
    arch::disable_interrupts();
    if (fixed.control_a) {
        TRY(enable_acpi(fixed));
        TRY(sleep_for_good(*fixed.control_a, off.a));
        if (fixed.control_b) TRY(sleep_for_good(*fixed.control_b, off.b));
    } else {
        TRY(write_register(*fixed.sleep_control, acpi::reduced_sleep_control(off.a)));
    }
    linger();
    return fail(ErrorCode::device, "the machine was told to switch itself off and did not");
}

void reboot() {
    arch::disable_interrupts();
    const auto fixed = hardware();
    if (fixed && fixed->reset && write_register(*fixed->reset, fixed->reset_value)) linger();
    if (!fixed || fixed->has_keyboard_controller) {
        arch::pulse_reset_line();
        linger();
    }
    arch::reset_by_fault();
}

}  // namespace lintel
