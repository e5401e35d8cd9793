// The MBR, its chain of extended partitions, and which of the two tables counts.
#include "loader/core/partitions.hpp"

#include <algorithm>
#include <array>

#include "loader/core/gpt.hpp"

namespace lintel::loader {
namespace {

/// UEFI 2.10, table 5.2.
struct Entry {
    std::uint8_t status;
    std::array<std::uint8_t, 3> first_chs;
    std::uint8_t type;
    std::array<std::uint8_t, 3> last_chs;
    std::uint32_t first;
    std::uint32_t count;
};
static_assert(sizeof(Entry) == 16);

/// A sector with a table in it: the MBR, or an extended partition's (UEFI 2.10, table 5.1).
struct TableSector {
    std::uint32_t disk_id;
    std::array<Entry, 4> entries;
};

constexpr std::size_t sector_size = 512;
constexpr std::size_t disk_id_offset = 440;
constexpr std::size_t entries_offset = 446;
constexpr std::size_t signature_offset = 510;
constexpr std::uint16_t signature = 0xaa55;
constexpr std::uint8_t type_protective = 0xee;
constexpr unsigned most_links = 256;
constexpr std::uint32_t first_logical = 5;

bool is_extended(const Entry& entry) { return entry.type == 0x05 || entry.type == 0x0f || entry.type == 0x85; }

/// A boot sector of FAT or NTFS has the signature, too, but code where the MBR has its table.
bool is_file_system(Bytes sector) {
    auto has = [&](std::size_t at, std::string_view text) { return as_text(sector.subspan(at, text.size())) == text; };
    return has(3, "NTFS") || has(54, "FAT") || has(82, "FAT");
}

/// Nothing where the sector holds no table.
Result<std::optional<TableSector>> read_sector(const DeviceRegion& region, ReadAhead& ahead, std::uint64_t offset) {
    if (!region.has(offset, sector_size)) return std::nullopt;
    Bytes sector = TRY(ahead.peek(region, offset, sector_size));
    if (copy_at<std::uint16_t>(sector, signature_offset) != signature || is_file_system(sector)) return std::nullopt;
    TableSector table{.disk_id = copy_at<std::uint32_t>(sector, disk_id_offset), .entries = {}};
    for (std::size_t i = 0; i < table.entries.size(); ++i) {
        table.entries[i] = copy_at<Entry>(sector, entries_offset + i * sizeof(Entry));
        if ((table.entries[i].status & 0x7f) != 0) return std::nullopt;
    }
    return table;
}

class MbrReader {
public:
    MbrReader(const Drive& drive, ReadAhead& ahead, List<Partition>& partitions)
        // A disc's table is written for disks, whatever the size of its own blocks.
        : disk_(*drive.device),
          unit_(drive.optical ? sector_size : drive.block_size),
          ahead_(ahead),
          partitions_(partitions) {}

    Status read(const TableSector& mbr) {
        for (std::uint32_t i = 0; i < mbr.entries.size(); ++i)
            if (!is_extended(mbr.entries[i]) && mbr.entries[i].type != 0) add(region_of(mbr.entries[i], 0), i + 1);
        for (const Entry& entry : mbr.entries)
            if (is_extended(entry) && entry.count != 0) return read_logical(region_of(entry, 0));
        return {};
    }

private:
    struct Stretch {
        std::uint64_t offset;  // bytes from the disk's start
        std::uint64_t size;    // bytes
    };

    [[nodiscard]] Stretch region_of(const Entry& entry, std::uint64_t from) const {
        return {from + std::uint64_t{entry.first} * unit_, std::uint64_t{entry.count} * unit_};
    }

    void add(const Stretch& place, std::uint32_t index) {
        if (place.size == 0 || !disk_.has(place.offset, place.size)) return;
        // Where there is no room, there are more partitions than a path can name.
        static_cast<void>(partitions_.push({.index = index, .offset = place.offset, .size = place.size}));
    }

    /// Goes along the chain. Its links count from the extended partition's start, its data from their table's.
    Status read_logical(const Stretch& extended) {
        Stretch link = extended;
        std::uint32_t index = first_logical;
        for (unsigned i = 0; i < most_links; ++i) {
            auto table = TRY(read_sector(disk_, ahead_, link.offset));
            if (!table) return fail(ErrorCode::malformed, "the disk's chain of extended partitions leads to no table");
            std::optional<Stretch> next;
            for (std::size_t slot = 0; slot < table->entries.size(); ++slot) {
                const Entry& entry = table->entries[slot];
                if (entry.count == 0) continue;
                if (is_extended(entry)) {
                    if (!next) next = region_of(entry, extended.offset);
                    continue;
                }
                // CONFIG.md, "Paths": in the last two slots, what lies outside takes no number.
                Stretch data = region_of(entry, link.offset);
                bool inside = contains(extended, data);
                if (slot >= 2 && !(inside && contains(link, data))) continue;
                if (inside) add(data, index);
                ++index;
            }
            if (!next) return {};
            if (next->offset <= link.offset || next->offset >= extended.offset + extended.size)
                return fail(ErrorCode::malformed,
                            "the disk's chain of extended partitions leads backwards or out of it");
            link = *next;
        }
        return fail(ErrorCode::malformed, "the disk's chain of extended partitions does not end");
    }

    static bool contains(const Stretch& outer, const Stretch& inner) {
        return inner.offset >= outer.offset && inner.offset - outer.offset <= outer.size &&
               inner.size <= outer.size - (inner.offset - outer.offset);
    }

    DeviceRegion disk_;
    std::uint64_t unit_;
    ReadAhead& ahead_;
    List<Partition>& partitions_;
};

Status read_tables(const Drive& drive, ReadAhead& ahead, PartitionTable& into) {
    auto mbr = TRY(read_sector(DeviceRegion(*drive.device), ahead, 0));
    if (!mbr) return {};
    into.disk.mbr_id = mbr->disk_id;
    // UEFI 2.10, 5.2.3: without this entry, a GPT that is still there is a former one.
    if (std::ranges::find(mbr->entries, type_protective, &Entry::type) != mbr->entries.end()) {
        auto gpt = read_gpt(drive, ahead, into.partitions);
        if (!gpt) return std::unexpected(gpt.error());
        into.disk.gpt = *gpt;
        return {};
    }
    return MbrReader(drive, ahead, into.partitions).read(*mbr);
}

}  // namespace

PartitionTable read_partitions(const Drive& drive, ReadAhead& ahead, std::span<Partition> room) {
    PartitionTable table{.partitions = List(room)};
    if (auto done = read_tables(drive, ahead, table); !done) table.trouble = done.error();
    return table;
}

}  // namespace lintel::loader
