// Firmware tables, sound and damaged: ACPI's and SMBIOS's.
// Invariant: reads are bounded to the fake memory, so that a wild pointer that is followed is a crash here.
#include "loader/core/acpi.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include "firmware_tables.hpp"
#include "loader/core/smbios.hpp"

namespace lintel::loader {
namespace {

constexpr std::uint64_t rsdp_address = 0x200100;
constexpr std::uint64_t xsdt_address = 0x201000;
constexpr std::uint64_t rsdt_address = 0x202000;
constexpr std::uint64_t fadt_address = 0x203000;
constexpr std::uint64_t madt_address = 0x204000;
constexpr std::uint64_t facs_address = 0x205000;
constexpr std::uint64_t dsdt_address = 0x206000;
constexpr std::uint64_t old_dsdt_address = 0x207000;

class Acpi : public ::testing::Test {
protected:
    Acpi() {
        put(rsdp_address, rsdp(rsdt_address, xsdt_address));
        put(xsdt_address, acpi_table("XSDT", 36 + 16).put(36, fadt_address).put(44, madt_address));
        put(rsdt_address, acpi_table("RSDT", 36 + 4).put(36, static_cast<std::uint32_t>(fadt_address)));
        put(fadt_address, acpi_table("FACP", 244)
                              .put(36, static_cast<std::uint32_t>(facs_address))
                              .put(40, static_cast<std::uint32_t>(old_dsdt_address))
                              .put(140, dsdt_address));
        put(madt_address, acpi_table("APIC", 44).put<std::uint32_t>(36, 0xfee00000));
        put(facs_address, acpi_table("FACS", 64));
        put(dsdt_address, acpi_table("DSDT", 100));
        put(old_dsdt_address, acpi_table("DSDT", 50));
    }

    void put(std::uint64_t address, const Table& table) { machine.write(address, table.bytes); }

    [[nodiscard]] PhysicalMemory memory() const {
        return {machine.memory(), PhysAddr(FakeFirmware::base + FakeFirmware::size), PhysAddr(FakeFirmware::base)};
    }
    AcpiTables find() { return *AcpiTables::find(memory(), PhysAddr(rsdp_address)); }
    std::set<std::uint64_t> addresses() {
        std::set<std::uint64_t> found;
        AcpiTables tables = find();
        for (const Range& range : tables.ranges()) found.insert(range.base.value());
        return found;
    }

    FakeFirmware machine;
};

TEST_F(Acpi, every_table_is_found_once) {
    EXPECT_EQ(addresses(), (std::set{rsdp_address, xsdt_address, rsdt_address, fadt_address, madt_address, facs_address,
                                     dsdt_address, old_dsdt_address}));
    EXPECT_EQ(find().ranges().size(), 8U);
}

TEST_F(Acpi, before_revision_2_the_rsdt_is_all_there_is) {
    put(rsdp_address, rsdp(rsdt_address, xsdt_address).put<std::uint8_t>(15, 0).checksum(8, 20));
    EXPECT_FALSE(addresses().contains(xsdt_address));
    EXPECT_FALSE(addresses().contains(madt_address));
    EXPECT_TRUE(addresses().contains(fadt_address));
}

TEST_F(Acpi, an_rsdp_that_does_not_check_out_leads_nowhere) {
    machine.at<std::uint8_t>(rsdp_address + 8) ^= 1;
    EXPECT_TRUE(find().empty());
    EXPECT_TRUE(AcpiTables::find(memory(), PhysAddr())->empty());
    EXPECT_TRUE(AcpiTables::find(memory(), PhysAddr(~std::uint64_t{0} - 8))->empty());
}

TEST_F(Acpi, pointers_and_lengths_that_make_no_sense_are_passed_over) {
    machine.at<std::uint32_t>(dsdt_address + 4) = 0xffffffff;
    machine.at<std::uint32_t>(facs_address + 4) = 8;
    machine.put(xsdt_address + 44, ~std::uint64_t{0} - 3);
    EXPECT_EQ(addresses(), (std::set{rsdp_address, xsdt_address, rsdt_address, fadt_address, old_dsdt_address}));
}

TEST_F(Acpi, a_table_that_leaves_memory_is_passed_over) {
    constexpr std::uint64_t last = FakeFirmware::base + FakeFirmware::size - 0x100;
    put(last, acpi_table("SSDT", 0x100));
    machine.put(xsdt_address + 44, last);
    EXPECT_TRUE(addresses().contains(last));
    machine.put<std::uint32_t>(last + 4, 0x101);
    EXPECT_FALSE(addresses().contains(last));
}

TEST_F(Acpi, more_tables_than_can_be_remembered_are_an_error) {
    constexpr std::uint64_t many = 300;
    Table xsdt = acpi_table("XSDT", 36 + 8 * many);
    for (std::uint64_t i = 0; i < many; ++i) {
        xsdt.put(36 + 8 * i, 0x300000 + 0x100 * i);
        put(0x300000 + 0x100 * i, acpi_table("SSDT", 40));
    }
    put(xsdt_address, xsdt);
    EXPECT_FALSE(AcpiTables::find(memory(), PhysAddr(rsdp_address)));
}

TEST_F(Acpi, a_fadt_that_another_fadt_names_is_noted_but_not_followed) {
    constexpr std::uint64_t second = 0x208000;
    put(second, acpi_table("FACP", 244).put<std::uint64_t>(140, 0x209000));
    put(0x209000, acpi_table("SSDT", 40));
    machine.put(fadt_address + 140, second);
    EXPECT_TRUE(addresses().contains(second));
    EXPECT_FALSE(addresses().contains(0x209000));
}

TEST_F(Acpi, a_table_is_found_by_its_signature) {
    AcpiTables tables = find();
    ASSERT_TRUE(tables.table(acpi::madt_signature));
    EXPECT_EQ(tables.table(acpi::madt_signature)->size(), 44U);
    EXPECT_FALSE(tables.table(acpi::dmar_signature));
}

TEST_F(Acpi, no_damage_to_the_tables_makes_the_walk_leave_memory) {
    std::mt19937_64 random(3);
    for (int round = 0; round < 2000; ++round) {
        for (int change = 0; change < 8; ++change) {
            const std::uint64_t places[] = {xsdt_address, rsdt_address, fadt_address, madt_address, facs_address};
            machine.at<std::uint8_t>(places[random() % 5] + random() % 160) = static_cast<std::uint8_t>(random());
        }
        auto tables = AcpiTables::find(memory(), PhysAddr(rsdp_address));
        if (!tables) continue;
        for (const Range& range : tables->ranges())
            EXPECT_LE(range.base.value() + range.length, FakeFirmware::base + FakeFirmware::size);
    }
}

TEST(Madt, io_apics_and_local_nmis_are_told) {
    Table madt = acpi_table("APIC", 44 + 12 + 6 + 6 + 12);
    madt.put<std::uint32_t>(36, 0xfee00000);
    madt.put<std::uint8_t>(44, 1).put<std::uint8_t>(45, 12).put<std::uint32_t>(48, 0xfec00000);
    madt.put<std::uint32_t>(52, 24);
    madt.put<std::uint8_t>(56, 4).put<std::uint8_t>(57, 6).put<std::uint8_t>(58, 0xff).put<std::uint16_t>(59, 5);
    madt.put<std::uint8_t>(61, 1);
    madt.put<std::uint8_t>(62, 4).put<std::uint8_t>(63, 6).put<std::uint8_t>(64, 3);
    madt.put<std::uint8_t>(68, 10).put<std::uint8_t>(69, 12).put<std::uint16_t>(70, 7).put<std::uint32_t>(72, 300);

    std::vector<acpi::IoApic> io_apics;
    acpi::for_each_io_apic(madt.bytes, [&](acpi::IoApic apic) { io_apics.push_back(apic); });
    ASSERT_EQ(io_apics.size(), 1U);
    EXPECT_EQ(io_apics[0].address.value(), 0xfec00000U);
    EXPECT_EQ(io_apics[0].first_interrupt, 24U);

    std::vector<acpi::LocalNmi> nmis;
    acpi::for_each_local_nmi(madt.bytes, [&](acpi::LocalNmi nmi) { nmis.push_back(nmi); });
    ASSERT_EQ(nmis.size(), 3U);
    EXPECT_FALSE(nmis[0].processor);
    EXPECT_EQ(nmis[0].flags, 5U);
    EXPECT_EQ(nmis[0].input, 1U);
    EXPECT_EQ(nmis[1].processor, 3U);
    EXPECT_EQ(nmis[2].processor, 300U);
    EXPECT_EQ(nmis[2].flags, 7U);
    EXPECT_EQ(acpi::local_apic_address(madt.bytes), PhysAddr(0xfee00000));
}

TEST(Madt, the_local_apics_address_can_be_overridden) {
    Table madt = acpi_table("APIC", 44 + 12);
    madt.put<std::uint8_t>(44, 5).put<std::uint8_t>(45, 12).put<std::uint64_t>(48, 0x123456000);
    EXPECT_EQ(acpi::local_apic_address(madt.bytes), PhysAddr(0x123456000));
}

TEST(Madt, entries_that_do_not_fit_end_the_walk) {
    Table madt = acpi_table("APIC", 44 + 12);
    int visited = 0;
    auto count = [&](std::uint8_t, Bytes) { ++visited; };
    for (int length : {0, 1, 13}) {
        madt.put(45, static_cast<std::uint8_t>(length));
        acpi::for_each_entry<std::uint8_t>(madt.bytes, acpi::madt_entries, count);
    }
    EXPECT_EQ(visited, 0);
}

TEST(Iommu, remapping_hardware_is_told) {
    Table dmar = acpi_table("DMAR", 48 + 20 + 16);
    dmar.put<std::uint16_t>(48, 1).put<std::uint16_t>(50, 20).put<std::uint64_t>(56, 0x1111);
    dmar.put<std::uint16_t>(68, 0).put<std::uint16_t>(70, 16).put<std::uint64_t>(76, 0xfed90000);
    std::vector<std::uint64_t> units;
    acpi::for_each_vtd_unit(dmar.bytes, [&](PhysAddr registers) { units.push_back(registers.value()); });
    EXPECT_EQ(units, std::vector<std::uint64_t>{0xfed90000});

    Table ivrs = acpi_table("IVRS", 48 + 24 + 16);
    ivrs.put<std::uint8_t>(48, 0x20).put<std::uint16_t>(50, 24).put<std::uint64_t>(56, 0x1111);
    ivrs.put<std::uint8_t>(72, 0x11).put<std::uint16_t>(74, 16).put<std::uint64_t>(80, 0xfeb80000);
    std::vector<std::uint64_t> iommus;
    acpi::for_each_amd_iommu(ivrs.bytes, [&](PhysAddr registers) { iommus.push_back(registers.value()); });
    EXPECT_EQ(iommus, std::vector<std::uint64_t>{0xfeb80000});
}

TEST(Smbios, entry_points_lead_to_their_structures) {
    FakeFirmware machine;
    PhysicalMemory memory(machine.memory(), machine.memory_end(), PhysAddr(FakeFirmware::base));
    machine.write(0x200010, smbios_32(0x201000, 0x123).bytes);
    machine.write(0x200100, smbios_64(0x202000, 0x4567).bytes);
    auto narrow = find_smbios_32(memory, PhysAddr(0x200010));
    auto wide = find_smbios_64(memory, PhysAddr(0x200100));
    ASSERT_TRUE(narrow && wide);
    EXPECT_EQ(narrow->entry_point.length, 0x1fU);
    EXPECT_EQ(narrow->structures.base.value(), 0x201000U);
    EXPECT_EQ(narrow->structures.length, 0x123U);
    EXPECT_EQ(wide->structures.base.value(), 0x202000U);
    EXPECT_EQ(wide->structures.length, 0x4567U);

    machine.write(0x200300, smbios_64(0x202000, 0xffffffff).bytes);
    EXPECT_EQ(find_smbios_64(memory, PhysAddr(0x200300))->structures.length, 1U << 20);

    EXPECT_FALSE(find_smbios_32(memory, PhysAddr(0x200100)));
    machine.at<std::uint8_t>(0x200100 + 7) ^= 1;
    EXPECT_FALSE(find_smbios_64(memory, PhysAddr(0x200100)));
    machine.write(0x200010, smbios_32(0xffffff00, 0x123).bytes);
    EXPECT_FALSE(find_smbios_32(memory, PhysAddr(0x200010)));
}

}  // namespace
}  // namespace lintel::loader
