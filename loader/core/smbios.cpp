// Reads the two forms of SMBIOS entry points.
// Invariant: what comes back was inside the memory that can be read.
#include "loader/core/smbios.hpp"

#include <algorithm>
#include <string_view>

namespace lintel::loader {
namespace {

/// The entry point that starts with `anchor`, gives its length at `length_offset` and has at least `smallest` bytes.
std::optional<Bytes> entry_point(PhysicalMemory memory, PhysAddr address, std::string_view anchor,
                                 std::uint64_t length_offset, std::uint64_t smallest) {
    auto start = memory.bytes(address, smallest);
    if (!start || !as_text(*start).starts_with(anchor)) return std::nullopt;
    std::uint8_t length = *read_at<std::uint8_t>(*start, length_offset);
    auto all = memory.bytes(address, length);
    if (length < smallest || !all || !sums_to_zero(*all)) return std::nullopt;
    return all;
}

}  // namespace

std::optional<SmbiosTables> find_smbios_32(PhysicalMemory memory, PhysAddr address) {
    // 2.1 of the specification gave the length as 0x1e by mistake: the last byte is only a revision.
    auto bytes = entry_point(memory, address, "_SM_", 5, 0x1e);
    if (!bytes) return std::nullopt;
    Range structures{PhysAddr(*read_at<std::uint32_t>(*bytes, 0x18)), *read_at<std::uint16_t>(*bytes, 0x16)};
    if (!memory.bytes(structures.base, structures.length)) return std::nullopt;
    return SmbiosTables{{address, bytes->size()}, structures};
}

std::optional<SmbiosTables> find_smbios_64(PhysicalMemory memory, PhysAddr address) {
    auto bytes = entry_point(memory, address, "_SM3_", 6, 0x18);
    if (!bytes) return std::nullopt;
    // The length is the most that the table can have, which firmware may say without thinking: memory is not given
    // up for it.
    constexpr std::uint32_t believable = 1 << 20;
    Range structures{PhysAddr(*read_at<std::uint64_t>(*bytes, 0x10)),
                     std::min(*read_at<std::uint32_t>(*bytes, 0x0c), believable)};
    if (!memory.bytes(structures.base, structures.length)) return std::nullopt;
    return SmbiosTables{{address, bytes->size()}, structures};
}

}  // namespace lintel::loader
