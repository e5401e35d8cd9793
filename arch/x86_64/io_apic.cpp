#include "arch/io_apic.hpp"

#include "arch/x86_64/device.hpp"
#include "arch/x86_64/ports.hpp"

namespace lintel::arch {
namespace {

// Registers, behind an index and a window (82093AA, 3.1 and 3.2).
constexpr std::uint64_t window = 0x10;
constexpr std::uint32_t version = 1;
constexpr std::uint32_t first_entry = 0x10;  // two registers for each line

constexpr std::uint32_t active_low = 1 << 13;
constexpr std::uint32_t level_triggered = 1 << 15;
constexpr unsigned destination_shift = 24;

/// The registers are mapped where the kernel says, which is no physical address.
constexpr DirectMap mapped;
PhysAddr at(VirtAddr registers, std::uint64_t offset) { return PhysAddr(registers.value() + offset); }

}  // namespace

std::uint32_t IoApic::read(std::uint32_t number) const {
    write32(at(registers_, 0), number, mapped);
    return read32(at(registers_, window), mapped);
}

void IoApic::write(std::uint32_t number, std::uint32_t value) {
    write32(at(registers_, 0), number, mapped);
    write32(at(registers_, window), value, mapped);
}

unsigned IoApic::lines() const { return (read(version) >> 16 & 0xff) + 1; }

Route IoApic::route(unsigned line) const {
    const std::uint32_t entry = read(first_entry + 2 * line);
    return {.vector = entry & 0xff,
            .apic_id = static_cast<std::uint8_t>(read(first_entry + 2 * line + 1) >> destination_shift),
            .polarity = (entry & active_low) != 0 ? Polarity::low : Polarity::high,
            .trigger = (entry & level_triggered) != 0 ? Trigger::level : Trigger::edge,
            .masked = (entry & masked) != 0};
}

void IoApic::set_route(unsigned line, const Route& route) {
    mask(line);  // while only half of the entry is new
    write(first_entry + 2 * line + 1, std::uint32_t{route.apic_id} << destination_shift);
    write(first_entry + 2 * line, route.vector | (route.polarity == Polarity::low ? active_low : 0) |
                                      (route.trigger == Trigger::level ? level_triggered : 0) |
                                      (route.masked ? masked : 0));
}

void IoApic::mask(unsigned line) { write(first_entry + 2 * line, read(first_entry + 2 * line) | masked); }

void silence_legacy_pics(unsigned first_vector) {
    // Intel 8259A, "Initialization Command Words": cascade, with ICW4; vectors; who is at which line; 8086 mode.
    constexpr std::uint16_t first_command = 0x20, first_data = 0x21, second_command = 0xa0, second_data = 0xa1;
    constexpr std::uint8_t initialize = 0x11, mode_8086 = 0x01, second_at_line_2 = 1 << 2, line_of_second = 2;
    out8(first_command, initialize);
    out8(second_command, initialize);
    out8(first_data, static_cast<std::uint8_t>(first_vector));
    out8(second_data, static_cast<std::uint8_t>(first_vector + 8));
    out8(first_data, second_at_line_2);
    out8(second_data, line_of_second);
    out8(first_data, mode_8086);
    out8(second_data, mode_8086);
    out8(first_data, 0xff);
    out8(second_data, 0xff);
}

}  // namespace lintel::arch
