// What gets mapped, and whether the tables announced for it are enough.
// Invariant: the plans that are tried out fill real page tables, in memory of exactly the size announced.
#include "loader/core/page_plan.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "elf_builder.hpp"

namespace lintel::loader {
namespace {

using arch::Access;
using arch::Caching;
using arch::Mapping;
using limine::MemoryMapEntry;
using limine::MemoryType;
using Plan = std::vector<Mapping>;

constexpr std::uint64_t base = lowest_executable_address;

Plan direct_map(const std::vector<MemoryMapEntry>& map, std::uint64_t base_revision) {
    Plan storage(2 * map.size() + 1);
    List<Mapping> plan(storage);
    EXPECT_TRUE(plan_direct_map(DirectMap(hhdm_offset), map, base_revision, plan));
    return {plan.begin(), plan.end()};
}

Plan identity_map(const std::vector<MemoryMapEntry>& map, std::uint64_t base_revision) {
    Plan storage(2 * map.size() + 1);
    List<Mapping> plan(storage);
    EXPECT_TRUE(plan_identity_map(map, base_revision, plan));
    return {plan.begin(), plan.end()};
}

Mapping mapping(std::uint64_t phys, std::uint64_t length, Caching caching = Caching::write_back) {
    return {VirtAddr(hhdm_offset + phys), PhysAddr(phys), length, Access::read_write_execute, caching};
}

Executable parse(const ElfBuilder& elf) { return *Executable::parse(elf.build()); }

TEST(PagePlan, each_base_revision_maps_its_own_types) {
    const struct {
        MemoryType type;
        std::uint64_t since;
    } types[] = {{MemoryType::usable, 3},
                 {MemoryType::bootloader_reclaimable, 3},
                 {MemoryType::executable_and_modules, 3},
                 {MemoryType::framebuffer, 3},
                 {MemoryType::acpi_reclaimable, 4},
                 {MemoryType::acpi_nvs, 4},
                 {MemoryType::reserved_mapped, 4},
                 {MemoryType::reserved, 99},
                 {MemoryType::bad_memory, 99}};
    for (auto [type, since] : types)
        for (std::uint64_t revision = 3; revision <= 6; ++revision)
            EXPECT_EQ(direct_map({{0x1000, 0x1000, type}}, revision).size(), revision >= since ? 1U : 0U)
                << name_of(type) << " in base revision " << revision;
}

constexpr std::uint64_t gigabyte = huge_page_size;

TEST(PagePlan, up_to_base_revision_2_the_first_4_gigabytes_are_mapped_whatever_they_are) {
    const std::vector<MemoryMapEntry> map{{0x1000, gigabyte, MemoryType::usable},
                                          {2 * gigabyte, 0x5000, MemoryType::reserved},
                                          {3 * gigabyte, gigabyte + 0x1000, MemoryType::usable}};
    for (std::uint64_t revision : {0U, 1U, 2U})
        EXPECT_EQ(direct_map(map, revision), (Plan{mapping(0, 4 * gigabyte + 0x1000)}));
    EXPECT_EQ(direct_map({}, 2), (Plan{mapping(0, 4 * gigabyte)}));
}

TEST(PagePlan, framebuffers_in_the_first_4_gigabytes_stay_write_combining) {
    const std::vector<MemoryMapEntry> map{{0, 0x1000, MemoryType::usable},
                                          {2 * gigabyte, 0x5000, MemoryType::framebuffer},
                                          {2 * gigabyte + 0x5000, 0x1000, MemoryType::usable},
                                          {4 * gigabyte - 0x1000, 0x2000, MemoryType::framebuffer}};
    EXPECT_EQ(direct_map(map, 1),
              (Plan{mapping(0, 2 * gigabyte), mapping(2 * gigabyte, 0x5000, Caching::write_combining),
                    mapping(2 * gigabyte + 0x5000, 2 * gigabyte - 0x6000),
                    mapping(4 * gigabyte - 0x1000, 0x2000, Caching::write_combining)}));
}

TEST(PagePlan, above_4_gigabytes_base_revisions_0_to_2_map_by_type) {
    const struct {
        MemoryType type;
        std::uint64_t since;  // base revision
        std::uint64_t until;
    } types[] = {{MemoryType::usable, 0, 2},           {MemoryType::bootloader_reclaimable, 0, 2},
                 {MemoryType::framebuffer, 0, 2},      {MemoryType::executable_and_modules, 0, 2},
                 {MemoryType::acpi_reclaimable, 0, 2}, {MemoryType::acpi_nvs, 0, 2},
                 {MemoryType::reserved, 0, 0},         {MemoryType::bad_memory, 0, 0}};
    for (auto [type, since, until] : types)
        for (std::uint64_t revision = 0; revision <= 2; ++revision)
            EXPECT_EQ(direct_map({{5 * gigabyte, 0x1000, type}}, revision).size(),
                      revision >= since && revision <= until ? 2U : 1U)
                << name_of(type) << " in base revision " << revision;
}

TEST(PagePlan, only_base_revision_0_has_an_identity_map_and_it_leaves_the_first_page_out) {
    const std::vector<MemoryMapEntry> map{{0, gigabyte, MemoryType::usable},
                                          {gigabyte, 0x1000, MemoryType::framebuffer},
                                          {6 * gigabyte, 0x1000, MemoryType::reserved}};
    auto identity = [](std::uint64_t phys, std::uint64_t length, Caching caching = Caching::write_back) {
        return Mapping{VirtAddr(phys), PhysAddr(phys), length, Access::read_write_execute, caching};
    };
    EXPECT_EQ(identity_map(map, 0),
              (Plan{identity(0x1000, gigabyte - 0x1000), identity(gigabyte, 0x1000, Caching::write_combining),
                    identity(gigabyte + 0x1000, 3 * gigabyte - 0x1000), identity(6 * gigabyte, 0x1000)}));
    for (std::uint64_t revision : {1U, 2U, 3U, 6U}) EXPECT_TRUE(identity_map(map, revision).empty());
}

TEST(PagePlan, mappings_are_rounded_outwards_and_neighbours_become_one) {
    EXPECT_EQ(direct_map({{0x1000, 0x2000, MemoryType::usable},
                          {0x3000, 0x1000, MemoryType::bootloader_reclaimable},
                          {0x4123, 0x10, MemoryType::reserved_mapped},
                          {0x4200, 0x10, MemoryType::acpi_nvs},
                          {0x4300, 0x100, MemoryType::reserved},
                          {0x7fff, 2, MemoryType::acpi_reclaimable}},
                         6),
              (Plan{mapping(0x1000, 0x4000), mapping(0x7000, 0x2000)}));
}

TEST(PagePlan, framebuffers_are_write_combining) {
    EXPECT_EQ(direct_map({{0x1000, 0x1000, MemoryType::usable}, {0x2000, 0x1000, MemoryType::framebuffer}}, 6),
              (Plan{mapping(0x1000, 0x1000), mapping(0x2000, 0x1000, Caching::write_combining)}));
}

TEST(PagePlan, segments_in_one_page_are_mapped_once) {
    ElfBuilder elf(base);
    elf.add({base, elf::flag_execute, std::vector<std::byte>(0x10)});
    elf.add({base + 0x800, elf::flag_execute, std::vector<std::byte>(0x10)});
    elf.add({base + 0x900, elf::flag_execute, std::vector<std::byte>(0x1000)});
    elf.add({base + 0x4010, elf::flag_write, std::vector<std::byte>(0x10)});
    Plan storage(4);
    List<Mapping> plan(storage);
    ASSERT_TRUE(plan_image(parse(elf), PhysAddr(0x700000), plan));
    EXPECT_EQ(Plan(plan.begin(), plan.end()),
              (Plan{{VirtAddr(base), PhysAddr(0x700000), 0x2000, Access::read_execute, Caching::write_back},
                    {VirtAddr(base + 0x4000), PhysAddr(0x704000), 0x1000, Access::read_write, Caching::write_back}}));
}

TEST(PagePlan, a_full_plan_is_an_error) {
    List<Mapping> none;
    std::vector<MemoryMapEntry> map{{0x1000, 0x1000, MemoryType::usable}};
    EXPECT_FALSE(plan_direct_map(DirectMap(hhdm_offset), map, 6, none));
}

/// Fills page tables from a plan, with exactly the frames that were said to be enough.
Status fill_tables(const Plan& plan, std::uint64_t frames, arch::Levels levels) {
    constexpr std::uint64_t first = 0x1000;
    auto* raw = static_cast<std::byte*>(std::aligned_alloc(page_size, frames * page_size));
    std::unique_ptr<std::byte, decltype(&std::free)> memory(raw, &std::free);
    std::memset(raw, 0xa5, frames * page_size);
    arch::FramePool pool(PhysAddr(first), frames);
    DirectMap place(reinterpret_cast<std::uint64_t>(raw) - first);
    auto tables = TRY(arch::PageTables::create(pool, place, levels));
    for (const Mapping& one : plan) TRY(tables.map(one));
    return {};
}

TEST(PagePlan, the_frames_announced_are_enough_for_any_map) {
    std::mt19937_64 random(7);
    ElfBuilder elf(base);
    elf.add({base, elf::flag_execute, std::vector<std::byte>(0x10), 0x345678});
    Executable executable = parse(elf);
    for (unsigned round = 0; round < 70; ++round) {
        std::uint64_t base_revision = round % 7;
        std::vector<ClaimEdge> edges(2 * (1 + random() % 20));
        MemoryMap map(edges);
        for (std::size_t i = 0; i < edges.size() / 2; ++i) {
            // Some claims are next to each other; others far apart, with their ends in different tables.
            bool far = random() % 4 != 0;
            std::uint64_t begin = random() % (far ? 1 << 19 : 64) * page_size;
            std::uint64_t length = (1 + random() % (far ? 4096 : 4)) * page_size;
            constexpr std::array claims{Claim::usable, Claim::acpi_nvs, Claim::reserved};
            auto claim = claims[random() % (base_revision == 0 ? 3 : 2)];
            ASSERT_TRUE(map.claim({PhysAddr(begin), length}, claim));
        }
        auto levels = round % 2 == 0 ? arch::Levels::four : arch::Levels::five;
        auto bounds = plan_bounds(executable, base_revision, levels, edges.size(), map.end());
        std::vector<MemoryMapEntry> storage(edges.size());
        List<MemoryMapEntry> entries(storage);
        ASSERT_TRUE(map.resolve(entries));
        Plan plan_storage(bounds.mappings);
        List<Mapping> plan(plan_storage);
        ASSERT_TRUE(plan_image(executable, PhysAddr(0x1234000), plan));
        DirectMap where(hhdm_offset_for(levels) + random() % hhdm_offsets * huge_page_size);
        ASSERT_TRUE(plan_direct_map(where, entries.view(), base_revision, plan));
        ASSERT_TRUE(plan_identity_map(entries.view(), base_revision, plan));
        auto filled = fill_tables({plan.begin(), plan.end()}, bounds.tables, levels);
        EXPECT_TRUE(filled) << filled.error().text;
    }
}

}  // namespace
}  // namespace lintel::loader
