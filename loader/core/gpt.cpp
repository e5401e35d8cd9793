// Finding a header that holds, and going through the entries that it vouches for.
#include "loader/core/gpt.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/checked.hpp"
#include "base/crc32.hpp"

namespace lintel::loader {
namespace {

/// UEFI 2.10, table 5.5.
struct Header {
    std::array<char, 8> signature;
    std::uint32_t revision;
    std::uint32_t header_size;
    std::uint32_t header_crc;
    std::uint32_t reserved;
    std::uint64_t own_block;
    std::uint64_t other_block;
    std::uint64_t first_usable;
    std::uint64_t last_usable;
    limine::Uuid disk;
    std::uint64_t entries_block;
    std::uint32_t entry_count;
    std::uint32_t entry_size;
    std::uint32_t entries_crc;
};
constexpr std::size_t least_header = 92;
static_assert(offsetof(Header, disk) == 56 && offsetof(Header, entries_crc) == least_header - 4);

/// UEFI 2.10, table 5.6, without the attributes and the name.
struct Entry {
    limine::Uuid type;
    limine::Uuid uuid;
    std::uint64_t first;
    std::uint64_t last;  // inclusive
};
static_assert(sizeof(Entry) == 48);

constexpr std::uint32_t least_entry_size = 128;
constexpr std::uint64_t most_entry_bytes = 32 << 10;  // twice what UEFI reserves: 256 entries of the usual size
constexpr std::size_t largest_block = 4096;

/// The sizes that a table's blocks can have. It is the image that says, not the medium: a disc can carry a table that
/// was written for disks.
constexpr std::array<std::uint32_t, 3> block_sizes{512, 2048, 4096};

/// The header in one block, and the size of the blocks that it counts in.
struct Candidate {
    std::uint64_t block;
    std::uint32_t block_size;
};

bool has_signature(const Header& header) {
    return std::string_view(header.signature.data(), header.signature.size()) == "EFI PART";
}

std::optional<Header> read_header(const DeviceRegion& disk, ReadAhead& ahead, const Candidate& at) {
    auto offset = checked_multiply(at.block, at.block_size);
    if (!offset) return std::nullopt;
    auto block = ahead.peek(disk, *offset, at.block_size);
    if (!block) return std::nullopt;
    auto header = copy_at<Header>(*block, 0);
    if (!has_signature(header)) return std::nullopt;
    return header;
}

/// UEFI 2.10, 5.3.2: what has to hold before a header is used; here, all but the entries' checksum.
bool is_sound(const DeviceRegion& disk, ReadAhead& ahead, const Header& header, const Candidate& at) {
    if (header.revision != 0x00010000 || header.own_block != at.block) return false;
    if (header.header_size < least_header || header.header_size > at.block_size) return false;
    std::array<std::byte, largest_block> copy;
    MutableBytes own(copy.data(), header.header_size);
    if (!ahead.copy(disk, at.block * at.block_size, own)) return false;
    std::ranges::fill(own.subspan(offsetof(Header, header_crc), sizeof header.header_crc), std::byte{});
    if (crc32(own) != header.header_crc) return false;
    return header.entry_size >= least_entry_size && (header.entry_size & (header.entry_size - 1)) == 0 &&
           header.entry_count != 0;
}

/// The array of entries; it has the checksum that the header says.
std::optional<Bytes> read_entries(const DeviceRegion& disk, ReadAhead& ahead, const Header& header,
                                  std::uint32_t block_size) {
    std::uint64_t length = std::uint64_t{header.entry_count} * header.entry_size;
    auto offset = checked_multiply(header.entries_block, block_size);
    if (!offset || length > std::min<std::uint64_t>(most_entry_bytes, ahead.longest_peek())) return std::nullopt;
    auto entries = ahead.peek(disk, *offset, length);
    if (!entries || crc32(*entries) != header.entries_crc) return std::nullopt;
    return *entries;
}

/// The entry's partition; nothing where it is unused or does not lie on the disk.
std::optional<Partition> partition_of(const Entry& entry, std::uint32_t block_size, const DeviceRegion& disk) {
    if (entry.type == limine::Uuid{} || entry.last < entry.first) return std::nullopt;
    auto offset = checked_multiply(entry.first, block_size);
    auto blocks = checked_add(entry.last - entry.first, 1);
    auto size = blocks ? checked_multiply(*blocks, block_size) : std::nullopt;
    if (!offset || !size || !disk.has(*offset, *size)) return std::nullopt;
    return Partition{.offset = *offset, .size = *size, .uuid = entry.uuid};
}

/// The disk's GUID, and the partitions, if the table at this place holds.
std::optional<limine::Uuid> read_table(const DeviceRegion& disk, ReadAhead& ahead, const Candidate& at,
                                       List<Partition>& partitions) {
    auto header = read_header(disk, ahead, at);
    if (!header || !is_sound(disk, ahead, *header, at)) return std::nullopt;
    auto entries = read_entries(disk, ahead, *header, at.block_size);
    if (!entries) return std::nullopt;
    for (std::uint32_t i = 0; i < header->entry_count; ++i) {
        auto partition =
            partition_of(copy_at<Entry>(*entries, std::uint64_t{i} * header->entry_size), at.block_size, disk);
        if (!partition) continue;
        partition->index = i + 1;
        if (!partitions.push(*partition)) break;
    }
    return header->disk;
}

}  // namespace

Result<limine::Uuid> read_gpt(const Drive& drive, ReadAhead& ahead, List<Partition>& partitions) {
    DeviceRegion disk(*drive.device);
    for (std::uint32_t block_size : block_sizes) {
        if (block_size > ahead.longest_peek()) continue;
        if (auto uuid = read_table(disk, ahead, {1, block_size}, partitions)) return *uuid;
        // The backup is in the last block; or, on a disk that was copied to a larger one, where the first one says.
        std::uint64_t blocks = disk.size() / block_size;
        std::array<std::uint64_t, 2> backups{blocks == 0 ? 0 : blocks - 1, 0};
        if (auto header = read_header(disk, ahead, {1, block_size})) backups[1] = header->other_block;
        for (std::uint64_t backup : backups)
            if (backup > 1)
                if (auto uuid = read_table(disk, ahead, {backup, block_size}, partitions)) return *uuid;
    }
    return fail(ErrorCode::malformed, "the disk's GUID partition table and its backup are both damaged");
}

}  // namespace lintel::loader
