// What is silenced before an executable is entered, in devices whose registers are plain memory, and in the two ports
// below. An I/O APIC's window is then one word for all of its registers: it says that there is one line, and is that
// line's entry.
#include "arch/quiet.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>

#include "arch/x86_64/ports.hpp"

namespace lintel::arch {
namespace {

std::map<std::uint16_t, std::uint8_t> ports;

constexpr std::uint32_t masked = 1 << 16;
constexpr std::uint32_t fixed = 0, lowest_priority = 1 << 8, smi = 2 << 8, nmi = 4 << 8, init = 5 << 8, extint = 7 << 8;

class Device {
public:
    std::uint32_t& at(std::uint64_t offset) { return words_[offset / sizeof(std::uint32_t)]; }
    DirectMap memory() { return DirectMap(reinterpret_cast<std::uint64_t>(words_.data())); }

private:
    std::array<std::uint32_t, 16> words_{};
};

/// What becomes of an entry whose vector is 0x31, less its vector.
std::uint32_t silenced(std::uint32_t mode, Silence silence) {
    Device apic;
    apic.at(0x10) = mode | 0x31;
    quiet_io_apic(PhysAddr(0), silence, apic.memory());
    EXPECT_EQ(apic.at(0x10) & 0xff, 0x31U);
    return apic.at(0x10) & ~0xffU;
}

TEST(Quiet, all_lines_of_the_legacy_controllers_are_masked) {
    quiet_legacy_pics();
    EXPECT_EQ(ports[0x21], 0xff);
    EXPECT_EQ(ports[0xa1], 0xff);
}

TEST(Quiet, an_io_apics_fixed_entries_are_masked_for_all_base_revisions) {
    for (Silence silence : {Silence::fixed, Silence::fixed_nmi_and_extint})
        for (std::uint32_t mode : {fixed, lowest_priority}) EXPECT_EQ(silenced(mode, silence), mode | masked);
}

TEST(Quiet, an_io_apics_nmi_and_extint_entries_are_masked_where_that_is_wanted_and_else_left_alone) {
    for (std::uint32_t mode : {nmi, extint}) {
        EXPECT_EQ(silenced(mode, Silence::fixed_nmi_and_extint), mode | masked);
        EXPECT_EQ(silenced(mode, Silence::fixed), mode);
    }
}

TEST(Quiet, an_io_apics_other_entries_are_left_alone) {
    for (Silence silence : {Silence::fixed, Silence::fixed_nmi_and_extint})
        for (std::uint32_t mode : {smi, init}) EXPECT_EQ(silenced(mode, silence), mode);
}

TEST(Quiet, a_vtd_unit_that_never_answers_is_given_up_with_remapping_commanded_off) {
    Device unit;
    unit.at(0x1c) = 1U << 31 | 1U << 30 | 1U << 25;
    disable_vtd(PhysAddr(0), unit.memory());
    EXPECT_EQ(unit.at(0x18), 1U << 31) << "one change at a time, and no one-shot bits";
}

TEST(Quiet, a_vtd_unit_that_is_off_is_not_written_to) {
    Device unit;
    unit.at(0x18) = 0x1234;
    disable_vtd(PhysAddr(0), unit.memory());
    EXPECT_EQ(unit.at(0x18), 0x1234U);
}

TEST(Quiet, an_amd_vi_unit_loses_its_enable_bit_alone) {
    Device unit;
    unit.at(0x18) = 0xffff;
    disable_amd_vi(PhysAddr(0), unit.memory());
    EXPECT_EQ(unit.at(0x18), 0xfffeU);
}

}  // namespace

void out8(std::uint16_t port, std::uint8_t value) { ports[port] = value; }

}  // namespace lintel::arch
