// The kernel's reading of ACPI's tables: sound, damaged, and made up.
// Invariant: tables are read through a memory that knows its bounds, so that a wild pointer that is followed is seen.
#include "kernel/acpi/tables.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "acpi_builder.hpp"
#include "base/error_text.hpp"
#include "base/physical_memory.hpp"

namespace lintel::acpi {
namespace {

/// What can be read: the pieces that a test put there, each in a buffer of its own, so that a read over its end is
/// seen.
class Pieces final : public TableMemory {
public:
    [[nodiscard]] std::optional<Bytes> bytes(PhysAddr base, std::uint64_t length) const override {
        auto piece = pieces.find(base.value());
        if (piece == pieces.end()) return std::nullopt;
        return slice(piece->second, 0, length);
    }
    std::map<std::uint64_t, std::vector<std::byte>> pieces{};
};

constexpr std::uint64_t rsdp_at = 0xf0000, rsdt_at = 0x1000, xsdt_at = 0x2000, fadt_at = 0x3000, madt_at = 0x4000,
                        dsdt_at = 0x5000, old_dsdt_at = 0x6000;

class KernelAcpi : public testing::Test {
protected:
    KernelAcpi() {
        set_rsdp(2, rsdt_at, xsdt_at);
        put(xsdt_at, Built("XSDT", 36 + 16).put(36, fadt_at).put(44, madt_at));
        put(rsdt_at, Built("RSDT", 36 + 4).put(36, static_cast<std::uint32_t>(fadt_at)));
        put(fadt_at, Built("FACP", 244, 3).put(40, static_cast<std::uint32_t>(old_dsdt_at)).put(140, dsdt_at));
        put(madt_at, Built("APIC", 44));
        put(dsdt_at, Built("DSDT", 60, 2));
        put(old_dsdt_at, Built("DSDT", 50));
    }

    void set_rsdp(std::uint8_t revision, std::uint64_t rsdt, std::uint64_t xsdt) {
        Built rsdp("", 36);
        rsdp.text(0, "RSD PTR ").put(15, revision).put(16, static_cast<std::uint32_t>(rsdt));
        rsdp.put<std::uint32_t>(20, 36).put(24, xsdt).sum(8, 20).sum(32, 36);
        memory.pieces[rsdp_at] = rsdp.bytes;
    }
    void put(std::uint64_t address, Built table) {
        Bytes bytes = table.finished();
        memory.pieces[address] = {bytes.begin(), bytes.end()};
    }
    Result<Tables> find() { return Tables::find(memory, PhysAddr(rsdp_at), room); }
    std::string signatures() {
        std::string all;
        for (const Table& table : find()->all()) all += std::string(table.signature()) + (table.refusal ? "! " : " ");
        return all;
    }
    std::string refusal(std::uint64_t address) {
        const auto tables = find();
        if (!tables) return sentence(tables.error());
        for (const Table& table : tables->all())
            if (table.address == PhysAddr(address)) return table.refusal ? sentence(*table.refusal) : "sound";
        return "not found";
    }
    static std::string sentence(const Error& error) {
        TextBuffer<200> text;
        print_error(text, error);
        return std::string(text.text());
    }

    Pieces memory;
    std::array<Table, 32> room{};
};

TEST_F(KernelAcpi, every_table_that_the_xsdt_names_is_found_and_the_dsdt_with_them) {
    EXPECT_EQ(signatures(), "XSDT FACP APIC DSDT ");
    EXPECT_EQ(find()->table("APIC")->size(), 44U);
    EXPECT_EQ(find()->table("DSDT")->size(), 60U) << "the 64-bit address counts";
}

TEST_F(KernelAcpi, before_revision_2_there_is_no_xsdt) {
    set_rsdp(0, rsdt_at, xsdt_at);
    EXPECT_EQ(signatures(), "RSDT FACP DSDT ");
}

TEST_F(KernelAcpi, without_an_xsdt_the_rsdt_counts) {
    set_rsdp(2, rsdt_at, 0);
    EXPECT_EQ(signatures(), "RSDT FACP DSDT ");
}

TEST_F(KernelAcpi, what_a_table_is_and_who_made_it_is_told) {
    const auto tables = find();
    EXPECT_EQ(tables->all()[1].revision(), 3);
    EXPECT_EQ(tables->all()[1].maker(), "LINTEL");
    EXPECT_EQ(tables->all()[1].address, PhysAddr(fadt_at));
}

TEST_F(KernelAcpi, a_table_with_a_wrong_checksum_is_refused_by_a_sentence_that_names_it) {
    memory.pieces[madt_at][40] ^= std::byte{1};
    EXPECT_EQ(refusal(madt_at), "the checksum of an ACPI table is wrong: APIC (0x4000)");
    EXPECT_EQ(signatures(), "XSDT FACP APIC! DSDT ") << "the others stay";
    const auto tables = find();
    EXPECT_EQ(sentence(tables->table("APIC").error()), "the checksum of an ACPI table is wrong: APIC (0x4000)");
}

TEST_F(KernelAcpi, a_table_whose_length_makes_no_sense_is_refused) {
    put(madt_at, Built("APIC", 44).put<std::uint32_t>(4, 35));
    EXPECT_EQ(refusal(madt_at), "an ACPI table is shorter than its header: APIC (0x4000)");
    put(madt_at, Built("APIC", 44).put<std::uint32_t>(4, 0xffffffff));
    EXPECT_EQ(refusal(madt_at), "an ACPI table is longer than any can be: APIC (0x4000)");
    put(madt_at, Built("APIC", 44).put<std::uint32_t>(4, 45));
    EXPECT_EQ(refusal(madt_at), "an ACPI table reaches beyond what can be read: APIC (0x4000)");
}

TEST_F(KernelAcpi, a_pointer_to_where_nothing_is_is_refused) {
    put(xsdt_at, Built("XSDT", 36 + 16).put(36, fadt_at).put(44, ~std::uint64_t{0} - 3));
    EXPECT_EQ(refusal(~std::uint64_t{0} - 3), "an ACPI table cannot be read (0xfffffffffffffffc)");
}

TEST_F(KernelAcpi, an_rsdp_that_is_not_sound_is_refused) {
    const auto sound = memory.pieces[rsdp_at];
    memory.pieces[rsdp_at][0] = std::byte{'r'};
    EXPECT_EQ(sentence(find().error()), "what should be the RSDP is not one (0xf0000)");
    memory.pieces[rsdp_at] = sound;
    memory.pieces[rsdp_at][16] ^= std::byte{1};
    EXPECT_EQ(sentence(find().error()), "the RSDP's checksum is wrong (0xf0000)");
    memory.pieces[rsdp_at] = sound;
    memory.pieces[rsdp_at][24] ^= std::byte{1};
    EXPECT_EQ(sentence(find().error()), "the RSDP's extended checksum is wrong (0xf0000)");
    memory.pieces[rsdp_at] = sound;
    memory.pieces[rsdp_at][20] = std::byte{35};
    EXPECT_EQ(sentence(find().error()), "the RSDP's length makes no sense (35)");
    memory.pieces.erase(rsdp_at);
    EXPECT_EQ(sentence(find().error()), "the RSDP cannot be read (0xf0000)");
}

TEST_F(KernelAcpi, a_root_that_is_not_sound_is_refused) {
    memory.pieces[xsdt_at][36] ^= std::byte{1};
    EXPECT_EQ(sentence(find().error()), "the checksum of an ACPI table is wrong: XSDT (0x2000)");
    put(xsdt_at, Built("RSDT", 36));
    EXPECT_EQ(sentence(find().error()), "what should be ACPI's root table is another one: RSDT (0x2000)");
}

TEST_F(KernelAcpi, a_table_that_is_named_twice_is_there_once) {
    put(xsdt_at, Built("XSDT", 36 + 24).put(36, fadt_at).put(44, fadt_at).put(52, xsdt_at));
    EXPECT_EQ(signatures(), "XSDT FACP DSDT ");
}

TEST_F(KernelAcpi, more_tables_than_there_is_room_for_are_an_error) {
    Built xsdt("XSDT", 36 + 8 * 40);
    for (std::uint64_t i = 0; i < 40; ++i) {
        put(0x10000 + 0x100 * i, Built("SSDT", 40));
        xsdt.put(36 + 8 * i, 0x10000 + 0x100 * i);
    }
    put(xsdt_at, xsdt);
    EXPECT_EQ(sentence(find().error()), "the firmware has more ACPI tables than there is room for (32)");
}

TEST_F(KernelAcpi, no_damage_is_followed_out_of_memory) {
    std::mt19937_64 random(7);
    const auto sound = memory.pieces;
    for (int round = 0; round < 5000; ++round) {
        memory.pieces = sound;
        for (auto& [address, bytes] : memory.pieces) {
            bytes[random() % bytes.size()] = static_cast<std::byte>(random());
            if (address == rsdp_at || random() % 2 == 0) continue;
            unsigned total = 0;
            for (std::byte byte : bytes) total += std::to_integer<unsigned>(byte);
            bytes[9] = static_cast<std::byte>(std::to_integer<unsigned>(bytes[9]) - total);
        }
        const auto tables = find();
        if (!tables) continue;
        for (const Table& table : tables->all()) EXPECT_TRUE(table.refusal || sums_to_zero(table.bytes));
    }
}

}  // namespace
}  // namespace lintel::acpi
