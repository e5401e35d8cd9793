// What the kernel wants to know from ACPI's tables, each as a plain structure. Section numbers are those of the ACPI
// specification 6.5, unless another one is named.
// Invariant: pure; each function gets a whole table whose checksum was found right, and reads nothing but its bytes.
#pragma once

#include <cstdint>
#include <optional>

#include "arch/io_apic.hpp"
#include "base/acpi.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"

namespace lintel::acpi {

inline constexpr std::string_view hpet_signature = "HPET";
inline constexpr std::string_view mcfg_signature = "MCFG";
inline constexpr std::string_view spcr_signature = "SPCR";
inline constexpr std::string_view dsdt_signature = "DSDT";
inline constexpr std::string_view ssdt_signature = "SSDT";

enum class AddressSpace : std::uint8_t { memory = 0, io = 1, pci_configuration = 2 };

/// A register, wherever it is (5.2.3.2).
struct RegisterAddress {
    AddressSpace space;
    std::uint8_t bits;
    std::uint64_t address;
    friend bool operator==(const RegisterAddress&, const RegisterAddress&) = default;
};

/// How the machine is switched off, reset and timed (FADT, 5.2.9).
struct FixedHardware {
    std::optional<RegisterAddress> control_a{};      // PM1a_CNT
    std::optional<RegisterAddress> control_b{};      // PM1b_CNT
    std::optional<RegisterAddress> sleep_control{};  // where the two are missing: hardware-reduced ACPI
    std::uint16_t smi_command = 0;                   // port; 0 where the machine is in ACPI mode always
    std::uint8_t acpi_enable = 0;                    // what to write there
    std::optional<RegisterAddress> timer{};          // 3.579545 MHz
    unsigned timer_bits = 24;
    std::optional<RegisterAddress> reset{};
    std::uint8_t reset_value = 0;
    bool has_keyboard_controller = true;
};
Result<FixedHardware> fixed_hardware(Bytes fadt);

/// A block of event timers (IA-PC HPET 1.0a, 3.2.4).
struct EventTimers {
    PhysAddr registers;
    std::uint8_t number;
    std::uint16_t minimum_ticks;
    bool has_64_bits;
};
Result<EventTimers> event_timers(Bytes hpet);

/// PCI configuration space in memory (PCI Firmware 3.3, table 4-3).
struct PciSegment {
    PhysAddr configuration;
    std::uint16_t number;
    std::uint8_t first_bus;
    std::uint8_t last_bus;
};

/// Calls `visit(PciSegment)` for each in the MCFG. What does not make sense is passed over.
template <class Visit>
void for_each_pci_segment(Bytes mcfg, Visit visit) {
    constexpr std::uint64_t first = 44, size = 16;
    for (std::uint64_t at = first; at + size <= mcfg.size(); at += size) {
        const PciSegment segment{PhysAddr(copy_at<std::uint64_t>(mcfg, at)), copy_at<std::uint16_t>(mcfg, at + 8),
                                 copy_at<std::uint8_t>(mcfg, at + 10), copy_at<std::uint8_t>(mcfg, at + 11)};
        if (segment.first_bus <= segment.last_bus) visit(segment);
    }
}

/// The serial port that the firmware's console is on (Microsoft, "Serial Port Console Redirection Table").
struct SerialConsole {
    RegisterAddress registers;
    bool is_16550;
    std::optional<std::uint32_t> interrupt;  // global
    std::optional<std::uint32_t> baud;       // nothing: as the firmware left it
};
Result<SerialConsole> serial_console(Bytes spcr);

using arch::Polarity;
using arch::Trigger;

/// An input of the machine's I/O APICs, all counted together.
struct InterruptLine {
    std::uint32_t number;
    Polarity polarity;
    Trigger trigger;
    friend bool operator==(const InterruptLine&, const InterruptLine&) = default;
};

/// Whether the machine has two 8259s as well (5.2.12).
bool has_legacy_pics(Bytes madt);

/// Where an interrupt of the ISA bus (0: the timer, 1: the keyboard, 4: COM1) arrives: at the input of its own number
/// unless the MADT says otherwise (5.2.12.5).
InterruptLine line_of_isa(Bytes madt, std::uint8_t interrupt);

/// The values for PM1a_CNT and PM1b_CNT that switch the machine off (7.4.2).
struct SoftOff {
    std::uint8_t a;
    std::uint8_t b;
    friend bool operator==(const SoftOff&, const SoftOff&) = default;
};

/// What a PM1 control register that holds `now` has to hold for the machine to sleep at once (4.8.3.2.1).
constexpr std::uint16_t sleep_control(std::uint32_t now, std::uint8_t type) {
    constexpr std::uint32_t sleep_type = 0b111 << 10, sleep_now = 1 << 13;
    return static_cast<std::uint16_t>((now & ~sleep_type) | std::uint32_t{type} << 10 | sleep_now);
}

/// The same for the sleep control register of hardware-reduced ACPI, which holds nothing else (4.8.3.7).
constexpr std::uint8_t reduced_sleep_control(std::uint8_t type) {
    constexpr unsigned sleep_now = 1 << 5;
    return static_cast<std::uint8_t>(unsigned{type} << 2 | sleep_now);
}

/// Looks for the object \_S5 in a DSDT or SSDT, without reading the rest of its program; nothing where it is not there,
/// or is not written as constants (20.2.5.4).
std::optional<SoftOff> soft_off(Bytes definition_block);

}  // namespace lintel::acpi
