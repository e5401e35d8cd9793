#include "kernel/acpi/contents.hpp"

namespace lintel::acpi {
namespace {

/// Of a table, one of a revision that defines what is read here.
Status check(Bytes table, std::uint64_t smallest, std::string_view signature) {
    if (!as_text(table).starts_with(signature))
        return fail(ErrorCode::malformed, "what should be this ACPI table is another one", signature);
    if (table.size() < smallest)
        return fail(ErrorCode::malformed, "this ACPI table is too short for what it must hold", signature,
                    table.size());
    if (copy_at<std::uint8_t>(table, 8) == 0)
        return fail(ErrorCode::malformed, "this ACPI table is of a revision that does not exist", signature, 0);
    return {};
}

/// The register described at `offset`; nothing where that is beyond the table, or describes none.
std::optional<RegisterAddress> generic_address(Bytes table, std::uint64_t offset) {
    constexpr std::uint64_t size = 12;
    const auto raw = slice(table, offset, size);
    if (!raw) return std::nullopt;
    const RegisterAddress found{static_cast<AddressSpace>(copy_at<std::uint8_t>(*raw, 0)),
                                copy_at<std::uint8_t>(*raw, 1), copy_at<std::uint64_t>(*raw, 4)};
    if (found.address == 0 || found.space > AddressSpace::pci_configuration) return std::nullopt;
    if (found.space == AddressSpace::io && found.address > 0xffff) return std::nullopt;
    return found;
}

/// The same in the FADT, where the specification fixes each register's width, and firmware often has another one.
std::optional<RegisterAddress> fixed_register(Bytes fadt, std::uint64_t offset, std::uint8_t bits) {
    auto found = generic_address(fadt, offset);
    if (found) found->bits = bits;
    return found;
}

/// A register block of the FADT: a port, unless the 64-bit field says where it really is.
std::optional<RegisterAddress> block(Bytes fadt, std::uint64_t port_at, std::uint64_t wide_at, std::uint8_t bits) {
    if (auto wide = fixed_register(fadt, wide_at, bits)) return wide;
    const auto port = read_at<std::uint32_t>(fadt, port_at).value_or(0);
    if (port == 0 || port > 0xffff) return std::nullopt;
    return RegisterAddress{AddressSpace::io, bits, port};
}

}  // namespace

Result<FixedHardware> fixed_hardware(Bytes fadt) {
    constexpr std::uint64_t size_of_revision_1 = 116;
    TRY(check(fadt, size_of_revision_1, fadt_signature));
    constexpr std::uint32_t timer_has_32_bits = 1 << 8, has_reset = 1 << 10, hardware_reduced = 1 << 20;
    const auto flags = copy_at<std::uint32_t>(fadt, 112);
    FixedHardware found;
    if ((flags & hardware_reduced) == 0) {
        found.control_a = block(fadt, 64, 172, 16);
        found.control_b = block(fadt, 68, 184, 16);
        found.timer = block(fadt, 76, 208, 32);
        const auto smi_command = copy_at<std::uint32_t>(fadt, 48);
        if (smi_command <= 0xffff) found.smi_command = static_cast<std::uint16_t>(smi_command);
        found.acpi_enable = copy_at<std::uint8_t>(fadt, 52);
    } else {
        found.sleep_control = fixed_register(fadt, 244, 8);
    }
    found.timer_bits = (flags & timer_has_32_bits) != 0 ? 32 : 24;
    if ((flags & has_reset) != 0 && fadt.size() >= 129) {
        found.reset = fixed_register(fadt, 116, 8);
        found.reset_value = copy_at<std::uint8_t>(fadt, 128);
    }
    // IAPC_BOOT_ARCH came with revision 3; before, every PC had the controller (5.2.9.3).
    constexpr std::uint16_t has_8042 = 1 << 1;
    if (copy_at<std::uint8_t>(fadt, 8) >= 3)
        found.has_keyboard_controller = (copy_at<std::uint16_t>(fadt, 109) & has_8042) != 0;
    return found;
}

Result<EventTimers> event_timers(Bytes hpet) {
    TRY(check(hpet, 56, hpet_signature));
    const auto registers = generic_address(hpet, 40);
    if (!registers || registers->space != AddressSpace::memory)
        return fail(ErrorCode::malformed, "the HPET's registers do not lie in memory");
    constexpr std::uint32_t counts_64_bits = 1 << 13;
    return EventTimers{.registers = PhysAddr(registers->address),
                       .number = copy_at<std::uint8_t>(hpet, 52),
                       .minimum_ticks = copy_at<std::uint16_t>(hpet, 53),
                       .has_64_bits = (copy_at<std::uint32_t>(hpet, 36) & counts_64_bits) != 0};
}

Result<SerialConsole> serial_console(Bytes spcr) {
    TRY(check(spcr, 80, spcr_signature));
    const auto registers = generic_address(spcr, 40);
    if (!registers) return fail(ErrorCode::not_found, "the firmware's console is on no serial port");
    constexpr std::uint8_t full_16550 = 0, compatible_16450 = 1, by_generic_address = 0x12;
    constexpr std::uint8_t has_isa_interrupt = 1 << 0, has_global_interrupt = 1 << 1;
    const auto type = copy_at<std::uint8_t>(spcr, 36);
    const auto interrupt_types = copy_at<std::uint8_t>(spcr, 52);
    SerialConsole console{.registers = *registers,
                          .is_16550 = type == full_16550 || type == compatible_16450 || type == by_generic_address,
                          .interrupt = std::nullopt,
                          .baud = std::nullopt};
    if ((interrupt_types & has_isa_interrupt) != 0) console.interrupt = copy_at<std::uint8_t>(spcr, 53);
    if ((interrupt_types & has_global_interrupt) != 0) console.interrupt = copy_at<std::uint32_t>(spcr, 54);
    switch (copy_at<std::uint8_t>(spcr, 58)) {
        case 3:
            console.baud = 9600;
            break;
        case 4:
            console.baud = 19200;
            break;
        case 6:
            console.baud = 57600;
            break;
        case 7:
            console.baud = 115200;
            break;
        default:
            break;
    }
    return console;
}

bool has_legacy_pics(Bytes madt) { return (read_at<std::uint32_t>(madt, 40).value_or(0) & 1) != 0; }

InterruptLine line_of_isa(Bytes madt, std::uint8_t interrupt) {
    // The ISA bus's own: edges, active high. "Conforms to the bus" means the same.
    InterruptLine line{interrupt, Polarity::high, Trigger::edge};
    for_each_entry<std::uint8_t>(madt, madt_entries, [&](std::uint8_t type, Bytes entry) {
        constexpr std::uint8_t override_type = 2, isa = 0;
        if (type != override_type || entry.size() < 10) return;
        if (copy_at<std::uint8_t>(entry, 2) != isa || copy_at<std::uint8_t>(entry, 3) != interrupt) return;
        const auto flags = copy_at<std::uint16_t>(entry, 8);
        constexpr unsigned low = 0b11, level = 0b11;
        line = {copy_at<std::uint32_t>(entry, 4), (flags & 0b11) == low ? Polarity::low : Polarity::high,
                (flags >> 2 & 0b11) == level ? Trigger::level : Trigger::edge};
    });
    return line;
}

namespace {

/// A constant of one byte or more, of which the lowest counts (20.2.3). Takes it off `aml`.
std::optional<std::uint8_t> take_constant(Bytes& aml) {
    constexpr std::uint8_t zero = 0x00, one = 0x01, byte_prefix = 0x0a, word_prefix = 0x0b, double_prefix = 0x0c;
    const auto first = read_at<std::uint8_t>(aml, 0);
    if (!first) return std::nullopt;
    std::uint64_t size = 0;
    switch (*first) {
        case zero:
        case one:
            aml = aml.subspan(1);
            return first;
        case byte_prefix:
            size = 1;
            break;
        case word_prefix:
            size = 2;
            break;
        case double_prefix:
            size = 4;
            break;
        default:
            return std::nullopt;
    }
    const auto value = slice(aml, 1, size);
    if (!value) return std::nullopt;
    aml = aml.subspan(1 + size);
    return copy_at<std::uint8_t>(*value, 0);
}

/// What follows the name \_S5: a package of at least two constants (7.4.2, 20.2.5.4).
std::optional<SoftOff> package_at(Bytes aml) {
    constexpr std::uint8_t package = 0x12;
    const auto opcode = read_at<std::uint8_t>(aml, 0);
    const auto lead = read_at<std::uint8_t>(aml, 1);
    if (!opcode || *opcode != package || !lead) return std::nullopt;
    // The package's length takes as many further bytes as its first two bits say; then comes the number of elements.
    const std::uint64_t elements_at = 2 + (*lead >> 6);
    const auto count = read_at<std::uint8_t>(aml, elements_at);
    if (!count || *count < 2) return std::nullopt;
    Bytes elements = aml.subspan(elements_at + 1);
    const auto a = take_constant(elements);
    const auto b = a ? take_constant(elements) : std::nullopt;
    constexpr std::uint8_t most = 0b111;  // the field SLP_TYP has three bits
    if (!b || *a > most || *b > most) return std::nullopt;
    return SoftOff{*a, *b};
}

}  // namespace

std::optional<SoftOff> soft_off(Bytes definition_block) {
    constexpr std::string_view name = "_S5_";
    const std::string_view text = as_text(definition_block);
    constexpr char name_opcode = 0x08, root = '\\';
    for (std::size_t at = text.find(name, header_size); at != std::string_view::npos; at = text.find(name, at + 1)) {
        const bool named = text[at - 1] == name_opcode || (text[at - 1] == root && text[at - 2] == name_opcode);
        if (!named) continue;
        if (auto found = package_at(definition_block.subspan(at + name.size()))) return found;
    }
    return std::nullopt;
}

}  // namespace lintel::acpi
