// The memory map: single rules on small maps, and the protocol's guarantees on random ones.
// Invariant: the random maps come from a fixed seed, so that a failure comes back.
#include "loader/core/memory_map.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace limine {

// For readable failures.
bool operator==(const MemoryMapEntry& left, const MemoryMapEntry& right) {
    return left.base == right.base && left.length == right.length && left.type == right.type;
}
void PrintTo(const MemoryMapEntry& entry, std::ostream* out) {
    *out << std::hex << entry.base << "+" << entry.length << " " << name_of(entry.type);
}

}  // namespace limine

namespace lintel::loader {
namespace {

using limine::MemoryMapEntry;
using limine::MemoryType;
using Entries = std::vector<MemoryMapEntry>;

struct Claimed {
    std::uint64_t base;
    std::uint64_t length;
    Claim claim;
};

Result<Entries> resolve(const std::vector<Claimed>& claims) {
    std::vector<ClaimEdge> edges(2 * claims.size());
    MemoryMap map(edges);
    for (const Claimed& claimed : claims) TRY(map.claim({PhysAddr(claimed.base), claimed.length}, claimed.claim));
    Entries storage(edges.size());
    List<MemoryMapEntry> entries(storage);
    TRY(map.resolve(entries));
    return Entries(entries.begin(), entries.end());
}

TEST(MemoryMap, entries_come_sorted_and_neighbours_of_one_type_become_one) {
    EXPECT_EQ(resolve({{0x3000, 0x1000, Claim::usable},
                       {0x8000, 0x1000, Claim::reserved},
                       {0x1000, 0x1000, Claim::usable},
                       {0x2000, 0x1000, Claim::usable}}),
              (Entries{{0x1000, 0x3000, MemoryType::usable}, {0x8000, 0x1000, MemoryType::reserved}}));
}

TEST(MemoryMap, what_the_loader_put_into_memory_is_carved_out) {
    EXPECT_EQ(
        resolve({{0x1000, 0x9000, Claim::bootloader_reclaimable}, {0x3000, 0x2000, Claim::executable_and_modules}}),
        (Entries{{0x1000, 0x2000, MemoryType::bootloader_reclaimable},
                 {0x3000, 0x2000, MemoryType::executable_and_modules},
                 {0x5000, 0x5000, MemoryType::bootloader_reclaimable}}));
}

TEST(MemoryMap, usable_and_reclaimable_entries_shrink_to_whole_pages) {
    EXPECT_EQ(resolve({{0x1001, 0x2fff, Claim::usable},
                       {0x8000, 0x1800, Claim::bootloader_reclaimable},
                       {0xa001, 0xffe, Claim::usable},
                       {0xb123, 0x10, Claim::acpi_nvs}}),
              (Entries{{0x2000, 0x2000, MemoryType::usable},
                       {0x8000, 0x1000, MemoryType::bootloader_reclaimable},
                       {0xb123, 0x10, MemoryType::acpi_nvs}}));
}

TEST(MemoryMap, usable_memory_gives_way_to_every_other_claim) {
    for (std::size_t i = 1; i < claim_count; ++i) {
        auto claim = static_cast<Claim>(i);
        auto map = resolve({{0, 0x4000, Claim::usable}, {0x1000, 0x1000, claim}});
        ASSERT_TRUE(map);
        ASSERT_EQ(map->size(), 3U);
        EXPECT_NE((*map)[1].type, MemoryType::usable);
    }
}

TEST(MemoryMap, an_acpi_table_outside_acpi_memory_is_reserved_and_mapped) {
    EXPECT_EQ(resolve({{0x1000, 0x1000, Claim::reserved},
                       {0x2000, 0x1000, Claim::acpi_reclaimable},
                       {0x1800, 0x100, Claim::acpi_table},
                       {0x2800, 0x100, Claim::acpi_table}}),
              (Entries{{0x1000, 0x800, MemoryType::reserved},
                       {0x1800, 0x100, MemoryType::reserved_mapped},
                       {0x1900, 0x700, MemoryType::reserved},
                       {0x2000, 0x1000, MemoryType::acpi_reclaimable}}));
}

TEST(MemoryMap, a_framebuffer_takes_its_pages_from_usable_and_reserved_memory) {
    EXPECT_EQ(
        resolve(
            {{0x1000, 0x1800, Claim::usable}, {0x2800, 0x1000, Claim::framebuffer}, {0x3800, 0x1800, Claim::reserved}}),
        (Entries{{0x1000, 0x1000, MemoryType::usable},
                 {0x2000, 0x2000, MemoryType::framebuffer},
                 {0x4000, 0x1000, MemoryType::reserved}}));
}

TEST(MemoryMap, a_framebuffer_that_shares_a_page_with_memory_in_use_is_refused) {
    for (Claim claim : {Claim::bootloader_reclaimable, Claim::acpi_reclaimable, Claim::acpi_nvs, Claim::reserved_mapped,
                        Claim::executable_and_modules}) {
        auto map = resolve({{0x2800, 0x1000, Claim::framebuffer}, {0x3900, 0x10, claim}});
        ASSERT_FALSE(map);
        EXPECT_EQ(map.error().text, "memory in use shares a page with a framebuffer");
    }
}

TEST(MemoryMap, ranges_beyond_the_address_space_are_cut_off) {
    EXPECT_EQ(resolve({{0x1000, ~std::uint64_t{0}, Claim::usable}, {~std::uint64_t{0}, 2, Claim::reserved}}),
              (Entries{{0x1000, direct_map_limit - 0x1000, MemoryType::usable}}));
}

TEST(MemoryMap, empty_claims_vanish) {
    EXPECT_EQ(resolve({{0x1000, 0x2000, Claim::usable}, {0x2000, 0, Claim::reserved}}),
              (Entries{{0x1000, 0x2000, MemoryType::usable}}));
    EXPECT_EQ(resolve({{0x1000, 0x2000, Claim::usable}, {0x2123, 0, Claim::framebuffer}}),
              (Entries{{0x1000, 0x2000, MemoryType::usable}}));
}

TEST(MemoryMap, more_claims_than_announced_are_an_error) {
    std::array<ClaimEdge, 2> edges;
    MemoryMap map(edges);
    EXPECT_TRUE(map.claim({PhysAddr(0), 0x1000}, Claim::usable));
    EXPECT_FALSE(map.claim({PhysAddr(0x1000), 0x1000}, Claim::usable));
}

TEST(MemoryMap, runtime_services_are_merely_reserved_before_base_revision_5) {
    EXPECT_EQ(claim_of(MemoryType::reserved_mapped, 3), Claim::reserved);
    EXPECT_EQ(claim_of(MemoryType::reserved_mapped, 4), Claim::reserved);
    EXPECT_EQ(claim_of(MemoryType::reserved_mapped, 5), Claim::reserved_mapped);
    EXPECT_EQ(claim_of(MemoryType::reserved_mapped, 6), Claim::reserved_mapped);
}

TEST(MemoryMap, a_type_that_nobody_knows_is_reserved) {
    EXPECT_EQ(claim_of(static_cast<MemoryType>(77), 6), Claim::reserved);
}

/// Random claims in a small space, so that they collide often, some with odd edges.
std::vector<Claimed> random_claims(std::mt19937_64& random) {
    std::vector<Claimed> claims(1 + random() % 24);
    for (Claimed& claimed : claims) {
        std::uint64_t unit = random() % 3 == 0 ? 0x123 : page_size;
        claimed = {random() % 64 * unit, random() % 16 * unit, static_cast<Claim>(random() % claim_count)};
    }
    return claims;
}

std::optional<Claim> strongest_claim(const std::vector<Claimed>& claims, std::uint64_t at) {
    std::optional<Claim> strongest;
    for (auto [begin, length, claim] : claims) {
        std::uint64_t end = begin + length;
        if (claim == Claim::framebuffer) begin = align_down(begin, page_size), end = align_up(end, page_size);
        if (at >= begin && at < end && (!strongest || claim > *strongest)) strongest = claim;
    }
    return strongest;
}

TEST(MemoryMap, whatever_goes_in_the_protocols_guarantees_hold) {
    std::mt19937_64 random(2024);
    int resolved = 0;
    for (int round = 0; round < 3000; ++round) {
        auto claims = random_claims(random);
        auto map = resolve(claims);
        if (!map) {
            ASSERT_EQ(map.error().code, ErrorCode::unsupported) << map.error().text;
            continue;
        }
        ++resolved;
        std::uint64_t reached = 0;
        for (const MemoryMapEntry& entry : *map) {
            ASSERT_GE(entry.base, reached) << "entries overlap or are not sorted";
            ASSERT_GT(entry.length, 0U);
            reached = entry.base + entry.length;
            bool free = entry.type == MemoryType::usable || entry.type == MemoryType::bootloader_reclaimable;
            if (!free) continue;
            ASSERT_TRUE(is_aligned(entry.base, page_size) && is_aligned(entry.length, page_size));
            Claim expected = entry.type == MemoryType::usable ? Claim::usable : Claim::bootloader_reclaimable;
            for (std::uint64_t at = entry.base; at < reached; at += 0x20)
                ASSERT_EQ(strongest_claim(claims, at), expected) << std::hex << at;
        }
    }
    EXPECT_GT(resolved, 300);
}

TEST(MemoryMap, up_to_base_revision_2_the_first_page_is_never_usable) {
    auto claimed = [](std::uint64_t begin, std::uint64_t length, MemoryType type, std::uint64_t base_revision) {
        Range range = claimed_range({PhysAddr(begin), length, type}, base_revision);
        return std::pair(range.base.value(), range.length);
    };
    using Claimed = std::pair<std::uint64_t, std::uint64_t>;
    EXPECT_EQ(claimed(0, 0x9f000, MemoryType::usable, 2), Claimed(0x1000, 0x9e000));
    EXPECT_EQ(claimed(0x800, 0x400, MemoryType::usable, 0).second, 0U);
    EXPECT_EQ(claimed(0, 0x9f000, MemoryType::usable, 3), Claimed(0, 0x9f000));
    EXPECT_EQ(claimed(0, 0x9f000, MemoryType::reserved, 0), Claimed(0, 0x9f000));
    EXPECT_EQ(claimed(0x1000, 0x1000, MemoryType::usable, 0), Claimed(0x1000, 0x1000));
}

}  // namespace
}  // namespace lintel::loader
