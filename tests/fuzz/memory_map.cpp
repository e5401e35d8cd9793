// The memory map that all claims amount to.
// The input: claims, five bytes each for small numbers that collide, seventeen for any.
#include "loader/core/memory_map.hpp"

#include <array>
#include <optional>

#include "tests/fuzz/fuzz.hpp"

namespace lintel::fuzz {
namespace {

using namespace lintel::loader;
using limine::MemoryMapEntry;
using limine::MemoryType;

constexpr std::size_t most_claims = 48;

struct Claimed {
    Range range;
    Claim claim;

    /// What of it the map can show.
    [[nodiscard]] std::uint64_t begin() const { return std::min(range.base.value(), direct_map_limit); }
    [[nodiscard]] std::uint64_t end() const { return begin() + std::min(range.length, direct_map_limit - begin()); }
};

Claimed next_claim(Input& input) {
    auto kind = input.number<std::uint8_t>();
    bool large = (kind & 0x80) != 0;
    std::uint64_t unit = (kind & 0x40) != 0 ? page_size : 0x123;
    std::uint64_t base = large ? input.number<std::uint64_t>() : input.number<std::uint16_t>() % 256 * unit;
    std::uint64_t length = large ? input.number<std::uint64_t>() : input.number<std::uint16_t>() % 64 * unit;
    return {{PhysAddr(base), length}, static_cast<Claim>(kind % claim_count)};
}

bool is_free(MemoryType type) { return type == MemoryType::usable || type == MemoryType::bootloader_reclaimable; }

/// Memory that may be overwritten is claimed by nobody who would mind (PROTOCOL.md, "Memory Map Feature").
void check_free(const MemoryMapEntry& entry, std::span<const Claimed> claims) {
    ensure(is_aligned(entry.base | entry.length, page_size), "free memory comes in whole pages");
    Claim own = entry.type == MemoryType::usable ? Claim::usable : Claim::bootloader_reclaimable;
    for (const Claimed& claimed : claims) {
        if (claimed.begin() == claimed.end() || claimed.claim <= own) continue;
        // A framebuffer is cached otherwise than memory, and caching goes by pages.
        std::uint64_t unit = claimed.claim == Claim::framebuffer ? page_size : 1;
        bool apart = align_up(claimed.end(), unit) <= entry.base ||
                     align_down(claimed.begin(), unit) >= entry.base + entry.length;
        ensure(apart, "free memory is claimed by nobody else");
    }
}

void check(std::span<const MemoryMapEntry> map, std::span<const Claimed> claims) {
    std::uint64_t reached = 0;
    std::optional<MemoryType> below;
    for (const MemoryMapEntry& entry : map) {
        ensure(entry.length > 0 && entry.length <= direct_map_limit, "no entry is empty");
        ensure(entry.base >= reached, "entries are sorted and do not overlap");
        ensure(entry.base > reached || entry.type != below || reached == 0, "neighbours of one type are one entry");
        reached = entry.base + entry.length;
        below = entry.type;
        ensure(reached <= direct_map_limit, "no entry is beyond the direct map");
        if (is_free(entry.type)) check_free(entry, claims);
    }
}

}  // namespace

void try_input(Bytes input) {
    std::array<ClaimEdge, 2 * most_claims> edges;
    MemoryMap map(edges);
    std::vector<Claimed> claims;
    for (Input rest(input); !rest.empty() && claims.size() < most_claims;) {
        claims.push_back(next_claim(rest));
        ensure(map.claim(claims.back().range, claims.back().claim).has_value(), "there is room for each claim");
    }
    std::array<MemoryMapEntry, 2 * most_claims> storage;
    List<MemoryMapEntry> entries(storage);
    auto status = map.resolve(entries);
    if (status) return check(entries.view(), claims);
    ensure(status.error().code == ErrorCode::unsupported, "a map has no more entries than edges");
}

}  // namespace lintel::fuzz
