// What the kernel takes from each of ACPI's tables.
#include "kernel/acpi/contents.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "acpi_builder.hpp"

namespace lintel::acpi {
namespace {

/// A register's address in a table: its space, width and place.
Built& put_register(Built& table, std::size_t offset, std::uint8_t space, std::uint8_t bits, std::uint64_t address) {
    return table.put(offset, space).put(offset + 1, bits).put(offset + 4, address);
}

TEST(Fadt, ports_of_old_tables_are_told) {
    Built fadt("FACP", 116);
    fadt.put<std::uint32_t>(48, 0xb2).put<std::uint8_t>(52, 2).put<std::uint32_t>(64, 0x604);
    fadt.put<std::uint32_t>(76, 0x608);
    const auto fixed = fixed_hardware(fadt.finished());
    ASSERT_TRUE(fixed);
    EXPECT_EQ(fixed->control_a, (RegisterAddress{AddressSpace::io, 16, 0x604}));
    EXPECT_FALSE(fixed->control_b);
    EXPECT_EQ(fixed->timer, (RegisterAddress{AddressSpace::io, 32, 0x608}));
    EXPECT_EQ(fixed->timer_bits, 24U);
    EXPECT_EQ(fixed->smi_command, 0xb2);
    EXPECT_EQ(fixed->acpi_enable, 2);
    EXPECT_TRUE(fixed->has_keyboard_controller);
    EXPECT_FALSE(fixed->reset);
}

TEST(Fadt, wide_addresses_take_the_place_of_ports) {
    Built fadt("FACP", 276, 6);
    fadt.put<std::uint32_t>(64, 0x604).put<std::uint32_t>(112, 1 << 8 | 1 << 10).put<std::uint8_t>(128, 0x0f);
    put_register(fadt, 172, 0, 32, 0xfed80404);
    put_register(fadt, 116, 1, 8, 0xcf9);
    const auto fixed = fixed_hardware(fadt.finished());
    ASSERT_TRUE(fixed);
    EXPECT_EQ(fixed->control_a, (RegisterAddress{AddressSpace::memory, 16, 0xfed80404}));
    EXPECT_EQ(fixed->timer_bits, 32U);
    EXPECT_EQ(fixed->reset, (RegisterAddress{AddressSpace::io, 8, 0xcf9}));
    EXPECT_EQ(fixed->reset_value, 0x0f);
    EXPECT_FALSE(fixed->has_keyboard_controller) << "revision 3 and later say so where there is one";
}

TEST(Fadt, registers_are_as_wide_as_the_specification_has_them_whatever_the_firmware_says) {
    for (const unsigned width : {0U, 8U, 16U, 32U, 255U}) {
        const auto bits = static_cast<std::uint8_t>(width);
        Built fadt("FACP", 276, 6);
        fadt.put<std::uint32_t>(112, 1 << 10);
        put_register(fadt, 172, 1, bits, 0x604);
        put_register(fadt, 208, 1, bits, 0x608);
        put_register(fadt, 116, 1, bits, 0xcf9);
        const auto fixed = fixed_hardware(fadt.finished());
        ASSERT_TRUE(fixed);
        EXPECT_EQ(fixed->control_a, (RegisterAddress{AddressSpace::io, 16, 0x604}));
        EXPECT_EQ(fixed->timer, (RegisterAddress{AddressSpace::io, 32, 0x608}));
        EXPECT_EQ(fixed->reset, (RegisterAddress{AddressSpace::io, 8, 0xcf9}));
        Built reduced("FACP", 276, 6);
        reduced.put<std::uint32_t>(112, 1 << 20);
        put_register(reduced, 244, 1, bits, 0x700);
        EXPECT_EQ(fixed_hardware(reduced.finished())->sleep_control, (RegisterAddress{AddressSpace::io, 8, 0x700}));
    }
}

TEST(Fadt, a_reset_register_counts_only_where_the_table_says_so) {
    Built fadt("FACP", 276, 6);
    put_register(fadt, 116, 1, 8, 0xcf9);
    EXPECT_FALSE(fixed_hardware(fadt.finished())->reset);
}

TEST(Fadt, hardware_reduced_machines_have_a_sleep_register_instead) {
    Built fadt("FACP", 276, 6);
    fadt.put<std::uint32_t>(64, 0x604).put<std::uint32_t>(112, 1 << 20);
    put_register(fadt, 244, 1, 8, 0x700);
    const auto fixed = fixed_hardware(fadt.finished());
    ASSERT_TRUE(fixed);
    EXPECT_FALSE(fixed->control_a);
    EXPECT_EQ(fixed->sleep_control, (RegisterAddress{AddressSpace::io, 8, 0x700}));
}

TEST(Fadt, what_is_no_port_is_no_register) {
    Built fadt("FACP", 276, 6);
    fadt.put<std::uint32_t>(64, 0x10000).put<std::uint32_t>(112, 1 << 10);
    put_register(fadt, 116, 1, 8, 0x12345);
    const auto fixed = fixed_hardware(fadt.finished());
    ASSERT_TRUE(fixed);
    EXPECT_FALSE(fixed->control_a);
    EXPECT_FALSE(fixed->reset);
}

TEST(Contents, short_tables_other_tables_and_revision_0_are_refused) {
    EXPECT_EQ(fixed_hardware(Built("FACP", 115).finished()).error().text,
              "this ACPI table is too short for what it must hold");
    EXPECT_EQ(fixed_hardware(Built("APIC", 116).finished()).error().text,
              "what should be this ACPI table is another one");
    EXPECT_EQ(event_timers(Built("HPET", 56, 0).finished()).error().text,
              "this ACPI table is of a revision that does not exist");
    EXPECT_EQ(serial_console(Built("SPCR", 79).finished()).error().code, ErrorCode::malformed);
}

TEST(Hpet, its_registers_are_told) {
    Built hpet("HPET", 56);
    hpet.put<std::uint32_t>(36, 0x8086a201).put<std::uint8_t>(52, 1).put<std::uint16_t>(53, 0x80);
    put_register(hpet, 40, 0, 64, 0xfed00000);
    const auto timers = event_timers(hpet.finished());
    ASSERT_TRUE(timers);
    EXPECT_EQ(timers->registers, PhysAddr(0xfed00000));
    EXPECT_EQ(timers->number, 1);
    EXPECT_EQ(timers->minimum_ticks, 0x80);
    EXPECT_TRUE(timers->has_64_bits);
    put_register(hpet, 40, 1, 64, 0x500);
    EXPECT_FALSE(event_timers(hpet.finished())) << "it lies in memory, never at ports";
}

TEST(Mcfg, segments_are_told_and_one_that_ends_before_it_begins_is_not) {
    Built mcfg("MCFG", 44 + 2 * 16 + 8);
    mcfg.put<std::uint64_t>(44, 0xb0000000).put<std::uint16_t>(52, 0).put<std::uint8_t>(54, 0);
    mcfg.put<std::uint8_t>(55, 255);
    mcfg.put<std::uint64_t>(60, 0xc0000000).put<std::uint8_t>(70, 9).put<std::uint8_t>(71, 8);
    std::vector<PciSegment> segments;
    for_each_pci_segment(mcfg.finished(), [&](PciSegment segment) { segments.push_back(segment); });
    ASSERT_EQ(segments.size(), 1U);
    EXPECT_EQ(segments[0].configuration, PhysAddr(0xb0000000));
    EXPECT_EQ(segments[0].last_bus, 255);
}

TEST(Spcr, the_consoles_port_interrupt_and_speed_are_told) {
    Built spcr("SPCR", 80, 2);
    put_register(spcr, 40, 1, 8, 0x3f8);
    spcr.put<std::uint8_t>(52, 1).put<std::uint8_t>(53, 4).put<std::uint8_t>(58, 7);
    const auto console = serial_console(spcr.finished());
    ASSERT_TRUE(console);
    EXPECT_EQ(console->registers, (RegisterAddress{AddressSpace::io, 8, 0x3f8}));
    EXPECT_TRUE(console->is_16550);
    EXPECT_EQ(console->interrupt, 4U);
    EXPECT_EQ(console->baud, 115200U);
    spcr.put<std::uint8_t>(36, 3).put<std::uint8_t>(52, 2).put<std::uint32_t>(54, 33).put<std::uint8_t>(58, 0);
    const auto other = serial_console(spcr.finished());
    EXPECT_FALSE(other->is_16550);
    EXPECT_EQ(other->interrupt, 33U);
    EXPECT_FALSE(other->baud);
}

TEST(Madt, an_isa_interrupt_is_at_its_own_line_unless_it_is_overridden) {
    Built madt("APIC", 44 + 10 + 10);
    madt.put<std::uint32_t>(40, 1);
    madt.put<std::uint8_t>(44, 2).put<std::uint8_t>(45, 10).put<std::uint8_t>(47, 0).put<std::uint32_t>(48, 2);
    madt.put<std::uint8_t>(54, 2).put<std::uint8_t>(55, 10).put<std::uint8_t>(57, 9).put<std::uint32_t>(58, 20);
    madt.put<std::uint16_t>(62, 0b1111);
    const Bytes table = madt.finished();
    EXPECT_EQ(line_of_isa(table, 0), (InterruptLine{2, Polarity::high, Trigger::edge}));
    EXPECT_EQ(line_of_isa(table, 1), (InterruptLine{1, Polarity::high, Trigger::edge}));
    EXPECT_EQ(line_of_isa(table, 9), (InterruptLine{20, Polarity::low, Trigger::level}));
    EXPECT_TRUE(has_legacy_pics(table));
    madt.put<std::uint16_t>(62, 0b0111);
    EXPECT_EQ(line_of_isa(madt.finished(), 9), (InterruptLine{20, Polarity::low, Trigger::edge}));
    madt.put<std::uint16_t>(62, 0b1101);
    EXPECT_EQ(line_of_isa(madt.finished(), 9), (InterruptLine{20, Polarity::high, Trigger::level}));
    EXPECT_EQ(line_of_isa({}, 4).number, 4U) << "without a MADT";
}

/// A definition block whose program is `aml`.
std::optional<SoftOff> soft_off_in(std::string_view aml) {
    Built block("DSDT", header_size + aml.size(), 2);
    block.text(header_size, aml);
    return soft_off(block.finished());
}

TEST(SoftOffObject, is_found_however_its_constants_are_written) {
    using namespace std::string_view_literals;
    EXPECT_EQ(soft_off_in("\x08_S5_\x12\x06\x04\0\0\0\0"sv), (SoftOff{0, 0}));
    EXPECT_EQ(soft_off_in("junk\x08\\_S5_\x12\x07\x02\x0a\x05\x0a\x07"sv), (SoftOff{5, 7}));
    EXPECT_EQ(soft_off_in("\x08_S5_\x12\x07\x02\x01\x0b\x03\x00"sv), (SoftOff{1, 3}));
    EXPECT_EQ(soft_off_in("\x08_S5_\x12\x49\x00\x02\x0c\x05\x00\x00\x00\x01"sv), (SoftOff{5, 1}));
}

TEST(SoftOffObject, is_told_from_what_only_looks_like_it) {
    using namespace std::string_view_literals;
    EXPECT_FALSE(soft_off_in(""sv));
    EXPECT_FALSE(soft_off_in("_S5_\x12\x06\x04\0\0\0\0"sv)) << "no name";
    EXPECT_FALSE(soft_off_in("\x08_S5_\x12\x06\x01\0\0\0\0"sv)) << "one element";
    EXPECT_FALSE(soft_off_in("\x08_S5_\x12\x06\x02\x0a\x08\x00"sv)) << "three bits are all there are";
    EXPECT_FALSE(soft_off_in("\x08_S5_\x12\x06\x02\x0a"sv)) << "cut off";
    EXPECT_FALSE(soft_off_in("\x08_S5_\x12\xc6"sv)) << "cut off";
    EXPECT_EQ(soft_off_in("\x08_S5_\x11\x08_S5_\x12\x04\x02\x01\x01"sv), (SoftOff{1, 1})) << "the second one is right";
}

TEST(Sleep, is_told_by_a_type_and_a_bit_and_leaves_the_rest_as_it_was) {
    EXPECT_EQ(sleep_control(0x0001, 5), 0x3401) << "SCI_EN, SLP_TYP and SLP_EN (4.8.3.2.1)";
    EXPECT_EQ(sleep_control(0xffff, 0), 0xe3ff) << "the type that was there is none of ours";
    EXPECT_EQ(reduced_sleep_control(5), 0x34) << "4.8.3.7";
}

TEST(Contents, whatever_is_in_a_table_nothing_beyond_it_is_read) {
    std::mt19937_64 random(11);
    constexpr const char* names[] = {"FACP", "HPET", "MCFG", "SPCR", "APIC", "DSDT"};
    for (int round = 0; round < 20000; ++round) {
        const char* name = names[random() % std::size(names)];
        Built table(name, 36 + random() % 260);
        for (std::size_t i = 36; i < table.bytes.size(); ++i)
            table.bytes[i] = random() % 3 == 0 ? std::byte{0} : static_cast<std::byte>(random());
        std::vector<std::byte> exact(table.bytes);
        exact.shrink_to_fit();
        (void)fixed_hardware(exact);
        (void)event_timers(exact);
        (void)serial_console(exact);
        (void)soft_off(exact);
        (void)line_of_isa(exact, static_cast<std::uint8_t>(random()));
        for_each_pci_segment(exact, [](PciSegment) {});
    }
}

}  // namespace
}  // namespace lintel::acpi
