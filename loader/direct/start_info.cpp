#include "loader/direct/start_info.hpp"

#include "base/checked.hpp"

namespace lintel::loader::direct {
namespace {

constexpr std::uint32_t magic = 0x336ec578;
constexpr std::uint32_t most_map_entries = 1024;

struct Raw {
    std::uint32_t magic;
    std::uint32_t version;
    std::uint32_t flags;
    std::uint32_t module_count;
    std::uint64_t modules;
    std::uint64_t command_line;
    std::uint64_t rsdp;
    // Since version 1:
    std::uint64_t map;
    std::uint32_t map_entries;
    std::uint32_t reserved;
};
static_assert(sizeof(Raw) == 56);

bool lies_within(std::uint64_t address, std::uint64_t length, std::uint64_t reachable) {
    auto end = checked_add(address, length);
    return address != 0 && end && *end <= reachable;
}

}  // namespace

Result<StartInfo> StartInfo::parse(PhysAddr address, DirectMap memory, std::uint64_t reachable) {
    if (!lies_within(address.value(), sizeof(Raw), reachable) || !is_aligned(address.value(), 4))
        return fail(ErrorCode::malformed, "the PVH start info is not where memory can be");
    // Safety: the range was just checked; the structure is packed to its natural alignment of 4 and copied out.
    Raw raw;
    __builtin_memcpy(&raw, memory.pointer<const std::byte>(address), sizeof(raw));
    if (raw.magic != magic) return fail(ErrorCode::malformed, "the PVH start info lacks its magic number");
    if (raw.version < 1)
        return fail(ErrorCode::unsupported, "the PVH start info has no memory map: it is of version", {}, raw.version);
    if (raw.map_entries == 0 || raw.map_entries > most_map_entries)
        return fail(ErrorCode::malformed, "the PVH start info's memory map has an absurd number of entries", {},
                    raw.map_entries);
    if (!lies_within(raw.map, raw.map_entries * sizeof(MapEntry), reachable) || !is_aligned(raw.map, 8))
        return fail(ErrorCode::malformed, "the PVH start info's memory map is not where memory can be");
    StartInfo info;
    // Safety: as above.
    info.map = {memory.pointer<const MapEntry>(PhysAddr(raw.map)), raw.map_entries};
    if (raw.rsdp != 0) info.rsdp = PhysAddr(raw.rsdp);
    return info;
}

}  // namespace lintel::loader::direct
