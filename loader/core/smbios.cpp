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

std::optional<std::string_view> find_oem_string(Bytes structures, std::string_view prefix) {
    constexpr std::uint8_t oem_strings = 11, end_of_table = 127;
    std::string_view text = as_text(structures);
    // 6.1.2: type, length of what is formatted, and a handle; strings follow, and an empty one behind the last.
    for (std::size_t at = 0;;) {
        auto type = read_at<std::uint8_t>(structures, at), length = read_at<std::uint8_t>(structures, at + 1);
        if (!type || !length || *length < 4 || *type == end_of_table) return std::nullopt;
        std::size_t strings = at + *length, end = text.find(std::string_view("\0\0", 2), strings);
        if (end == std::string_view::npos) return std::nullopt;
        std::string_view first = text.substr(strings, text.find('\0', strings) - strings);
        if (*type == oem_strings && first.starts_with(prefix)) return first.substr(prefix.size());
        at = end + 2;
    }
}

}  // namespace lintel::loader
