// The MP feature as far as it goes without a processor: which are listed, in which mode, and what the response says.
#include "loader/core/processors.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "arch/processors.hpp"
#include "boot_fixture.hpp"
#include "firmware_tables.hpp"

namespace lintel::loader {
namespace {

using arch::ApicMode;
using enum limine::LocalApicMode;

/// A MADT under construction, of at most 64 entries of type 9.
class Madt {
public:
    Madt& xapic(std::uint8_t uid, std::uint8_t id, std::uint32_t flags) {
        table_.put<std::uint8_t>(end_, 0).put<std::uint8_t>(end_ + 1, 8).put(end_ + 2, uid).put(end_ + 3, id);
        table_.put(end_ + 4, flags);
        end_ += 8;
        return *this;
    }
    Madt& x2apic(std::uint32_t uid, std::uint32_t id, std::uint32_t flags) {
        table_.put<std::uint8_t>(end_, 9).put<std::uint8_t>(end_ + 1, 16).put(end_ + 4, id).put(end_ + 8, flags);
        table_.put(end_ + 12, uid);
        end_ += 16;
        return *this;
    }
    [[nodiscard]] std::vector<std::byte> bytes() {
        table_.put(4, static_cast<std::uint32_t>(end_));
        return {table_.bytes.begin(), table_.bytes.begin() + static_cast<std::ptrdiff_t>(end_)};
    }

private:
    Table table_ = acpi_table("APIC", 44 + 64 * 16);
    std::size_t end_ = 44;
};

constexpr std::uint32_t enabled = 1, online_capable = 2;

class Mp : public Boot {
protected:
    static constexpr std::uint64_t tables = FakeFirmware::base + FakeFirmware::size - 0x10000;

    /// Firmware with that MADT, and with a DMAR where `dmar_flags` are given.
    void describe(std::vector<std::byte> madt, std::optional<std::uint8_t> dmar_flags = {}) {
        firmware.write(tables, rsdp(0, tables + 0x100).bytes);
        firmware.write(tables + 0x100, acpi_table("XSDT", 52).put(36, tables + 0x1000).put(44, tables + 0x2000).bytes);
        firmware.write(tables + 0x1000, madt);
        if (dmar_flags) firmware.write(tables + 0x2000, acpi_table("DMAR", 48).put(37, *dmar_flags).bytes);
        firmware.system_tables.rsdp = PhysAddr(tables);
        firmware.more_regions = {{PhysAddr(tables), 0x10000, limine::MemoryType::reserved}};
    }
    void ask_for(limine::LocalApicMode mode) { ask(mp_id, {static_cast<std::uint64_t>(mode)}); }
    limine::MpResponse& answer() { return *response<limine::MpResponse>(mp_id); }

    /// The processors in the response: UIDs and APIC IDs.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> listed() {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> list;
        for (std::uint64_t i = 0; i < answer().cpu_count; ++i) {
            limine::Processor& processor = object(object(answer().cpus + i));
            list.emplace_back(processor.acpi_id, processor.lapic_id);
        }
        return list;
    }
    using Listed = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
};

TEST_F(Mp, usable_processors_are_listed_once_in_the_firmwares_order) {
    describe(Madt()
                 .xapic(7, 3, enabled)
                 .xapic(8, 4, 0)
                 .xapic(1, 0, enabled)
                 .xapic(9, 5, online_capable)
                 .xapic(10, 0xff, enabled)
                 .x2apic(7, 3, enabled)
                 .bytes());
    ask_for(xapic);
    boot_or_fail();
    EXPECT_EQ(listed(), (Listed{{7, 3}, {1, 0}, {9, 5}}));
    EXPECT_EQ(answer().revision, 0U);
    EXPECT_EQ(answer().bsp_lapic_id, 0U);
}

TEST_F(Mp, wide_ids_need_x2apic_mode) {
    apic = {.present = true, .id = 0, .mode = ApicMode::xapic, .has_x2apic = true};
    auto madt = Madt().xapic(0, 0, enabled).x2apic(1, 1, enabled).x2apic(300, 255, enabled).x2apic(301, 1000, enabled);
    describe(madt.bytes());
    ask_for(x2apic);
    boot_or_fail();
    EXPECT_EQ(listed(), (Listed{{0, 0}, {1, 1}, {300, 255}, {301, 1000}}));
    EXPECT_EQ(answer().mode, x2apic);
    EXPECT_EQ(prepared->apic_mode, ApicMode::x2apic);
}

TEST_F(Mp, wide_ids_are_left_out_of_xapic_mode) {
    describe(Madt().xapic(0, 0, enabled).x2apic(1, 1, enabled).x2apic(300, 255, enabled).bytes());
    ask_for(xapic);
    boot_or_fail();
    EXPECT_EQ(listed(), (Listed{{0, 0}, {1, 1}}));
    EXPECT_EQ(answer().mode, xapic);
}

TEST_F(Mp, a_machine_without_a_madt_has_one_processor) {
    apic.id = 5;
    ask_for(xapic);
    boot_or_fail();
    EXPECT_EQ(listed(), (Listed{{0, 5}}));
    EXPECT_FALSE(prepared->processors.any_to_start());
    EXPECT_EQ(firmware.low_memory_taken, 0U);
}

TEST_F(Mp, without_a_local_apic_there_is_no_answer) {
    apic.present = false;
    ask_for(xapic);
    boot_or_fail();
    EXPECT_EQ(response<limine::MpResponse>(mp_id), nullptr);
}

TEST_F(Mp, nothing_is_taken_for_processors_that_nobody_asks_for) {
    describe(Madt().xapic(0, 0, enabled).xapic(1, 1, enabled).bytes());
    boot_or_fail();
    EXPECT_FALSE(prepared->processors.any_to_start());
    EXPECT_EQ(firmware.low_memory_taken, 0U);
    EXPECT_FALSE(hand_over.passage.trampoline);
}

TEST_F(Mp, each_other_processor_gets_a_stack_of_the_requested_size) {
    describe(Madt().xapic(0, 0, enabled).xapic(1, 1, enabled).xapic(2, 2, enabled).bytes());
    ask_for(xapic);
    ask(stack_size_id, {0x21000});
    ask(limine::MemoryMap::id);
    boot_or_fail();
    auto tops = prepared->processors.stack_tops();
    ASSERT_EQ(tops.size(), 2U);
    for (PhysAddr top : tops)
        for (std::uint64_t below = page_size; below <= 0x21000; below += page_size)
            EXPECT_EQ(type_at(top.value() - below), limine::MemoryType::bootloader_reclaimable);
    EXPECT_GE(tops[1] - tops[0], 0x21000U);
    ASSERT_TRUE(hand_over.passage.trampoline);
    EXPECT_EQ(*hand_over.passage.trampoline, hand_over.passage.scratch + page_size);
}

TEST_F(Mp, stacks_need_no_hole_that_is_large_enough_for_all_of_them) {
    describe(Madt().xapic(0, 0, enabled).xapic(1, 1, enabled).xapic(2, 2, enabled).bytes());
    ask_for(xapic);
    ask(stack_size_id, {0x100000});
    firmware.largest_hole = 0x180000;
    boot_or_fail();
    EXPECT_EQ(prepared->processors.stack_tops().size(), 2U);
}

TEST_F(Mp, a_processor_that_does_not_arrive_is_not_in_the_response) {
    describe(Madt()
                 .xapic(1, 1, enabled)
                 .xapic(0, 0, enabled)
                 .xapic(2, 2, enabled)
                 .xapic(3, 3, enabled)
                 .xapic(4, 4, enabled)
                 .bytes());
    ask_for(xapic);
    boot_or_fail();
    for (std::size_t i : {0U, 3U}) prepared->processors.list()[i].reserved = 0x1000;
    prepared->processors.list()[4].reserved = arch::ParkingPlace::given_up;
    prepared->processors.leave_out_missing();
    EXPECT_EQ(listed(), (Listed{{1, 1}, {0, 0}, {3, 3}}));
}

TEST_F(Mp, the_mode_is_the_one_asked_for_where_it_can_be_had) {
    struct Case {
        std::optional<limine::LocalApicMode> asked;
        arch::LocalApicFacts apic;
        std::optional<std::uint8_t> dmar;
        std::optional<ApicMode> expected;
    };
    const arch::LocalApicFacts old{.present = true};
    const arch::LocalApicFacts able{.present = true, .has_x2apic = true};
    const arch::LocalApicFacts on{.present = true, .mode = ApicMode::x2apic, .has_x2apic = true};
    arch::LocalApicFacts locked = on;
    locked.can_leave_x2apic = false;
    const std::vector<Case> cases = {
        {xapic, old, {}, ApicMode::xapic},
        {x2apic, old, {}, ApicMode::xapic},
        {x2apic, able, {}, ApicMode::x2apic},
        {xapic, able, {}, ApicMode::xapic},
        {x2apic, able, 0b11, ApicMode::xapic},
        {x2apic, able, 0b10, ApicMode::x2apic},
        {xapic, on, {}, ApicMode::xapic},
        {{}, on, {}, ApicMode::xapic},
        {xapic, locked, {}, {}},
        {{}, locked, {}, ApicMode::x2apic},
        {x2apic, locked, {}, ApicMode::x2apic},
        {x2apic, locked, 0b11, ApicMode::x2apic},
    };
    for (std::size_t i = 0; i < cases.size(); ++i) {
        SCOPED_TRACE(i);
        FakeFirmware machine;
        machine.write(tables, rsdp(0, tables + 0x100).bytes);
        machine.write(tables + 0x100, acpi_table("XSDT", 44).put(36, tables + 0x2000).bytes);
        if (cases[i].dmar) machine.write(tables + 0x2000, acpi_table("DMAR", 48).put(37, *cases[i].dmar).bytes);
        machine.system_tables.rsdp = PhysAddr(tables);
        machine.more_regions = {{PhysAddr(tables), 0x10000, limine::MemoryType::reserved}};
        data.resize(3);
        placed.clear();
        if (cases[i].asked) ask_for(*cases[i].asked);
        FakeVolume disk;
        disk.add(std::string(kernel_path), kernel());
        plan.volume = &disk;
        auto result = prepare(machine, processor, plan, cases[i].apic);
        ASSERT_EQ(result.has_value(), cases[i].expected.has_value());
        if (result) EXPECT_EQ(result->apic_mode, *cases[i].expected);
    }
}

}  // namespace
}  // namespace lintel::loader
