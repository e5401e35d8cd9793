// FAT volumes that no program would write, made by hand: a root directory with a handful of entries, and one thing
// wrong.
#include <array>

#include "broken_inputs.hpp"
#include "loader/core/fat.hpp"
#include "memory_disk.hpp"

namespace lintel::loader {
namespace {

constexpr std::size_t sector = 512;
constexpr std::size_t table = sector;
constexpr std::size_t root = 18 * sector;  // behind one table of 17 sectors
constexpr std::size_t data = 19 * sector;
constexpr std::uint16_t clusters = 4200;
constexpr std::uint16_t end = 0xffff;
constexpr std::uint8_t directory = 0x10;
constexpr std::uint8_t long_part = 0x0f;

/// FAT16 with clusters of a sector; a file F in clusters 2 and 3.
class Volume16 {
public:
    Volume16() : disk_(data + clusters * sector) {
        disk_.put<std::uint16_t>(11, sector).put<std::uint8_t>(13, 1).put<std::uint16_t>(14, 1);
        disk_.put<std::uint8_t>(16, 1).put<std::uint16_t>(17, 16).put<std::uint16_t>(19, 19 + clusters);
        disk_.put<std::uint8_t>(21, 0xf8).put<std::uint16_t>(22, 17).put<std::uint16_t>(510, 0xaa55);
        entry("F", 2, 600).link(2, 3).link(3, end);
    }
    Volume16& entry(std::string name, std::uint16_t cluster, std::uint32_t size, std::uint8_t attributes = 0) {
        return entry_at(root + 32 * entries_++, std::move(name), cluster, size, attributes);
    }
    Volume16& entry_at(std::size_t at, std::string name, std::uint16_t cluster, std::uint32_t size,
                       std::uint8_t attributes = 0) {
        name.resize(11, ' ');
        disk_.put_text(at, name).put(at + 11, attributes).put(at + 26, cluster).put(at + 28, size);
        return *this;
    }
    /// One part of a long name, of one unit.
    Volume16& long_name(std::uint8_t order, char16_t unit, std::uint8_t checksum) {
        std::size_t at = root + 32 * entries_++;
        disk_.put(at, order).put(at + 1, unit).put(at + 11, long_part).put(at + 13, checksum);
        return *this;
    }
    Volume16& link(std::uint16_t cluster, std::uint16_t next) {
        disk_.put<std::uint16_t>(table + 2 * cluster, next);
        return *this;
    }
    template <class T>
    Volume16& put(std::size_t offset, T value) {
        disk_.put(offset, value);
        return *this;
    }
    Volume16& cut_to(std::size_t size) {
        disk_.content.resize(size);
        return *this;
    }
    MemoryDisk disk_;

private:
    std::size_t entries_ = 0;
};

std::function<std::string()> fat(const Volume16& made, std::string_view path = "/F") {
    return [=] {
        MemoryDisk disk = made.disk_;
        std::array<std::byte, ReadAhead::least_room> room;
        ReadAhead ahead(room);
        auto volume = Fat::open(DeviceRegion(disk), ahead, {});
        if (!volume) return outcome_of(volume);
        auto file = volume->open(path, NameRule::of_the_volume);
        if (!file) return outcome_of(file);
        std::vector<std::byte> content(file->size);
        return outcome_of(volume->read(*file, 0, content));
    };
}

/// The same volume as FAT32, whose root directory is in cluster 5.
Volume16 wide() {
    Volume16 made;
    made.put<std::uint16_t>(17, 0).put<std::uint16_t>(22, 0).put<std::uint32_t>(36, 18).put<std::uint32_t>(44, 5);
    // A table of 18 sectors has room for a few clusters only, which is all that counts.
    return made.put<std::uint32_t>(table + 20, 0x0fffffff).entry_at(data + 3 * sector, "G", 9, 5);
}

Volume16 with_directory(std::uint16_t cluster) { return Volume16().entry("D", cluster, 0, directory); }

/// A directory whose first cluster is full of entries for other names.
Volume16 with_full_directory(std::uint16_t next) {
    Volume16 made = with_directory(10).link(10, next);
    for (std::size_t i = 0; i < 16; ++i) made.entry_at(data + 8 * sector + 32 * i, "OTHER", 2, 600);
    return made;
}

Volume16 with_long_name(std::uint8_t first, std::uint8_t second, std::uint8_t sum) {
    return Volume16().long_name(first, u'y', sum).long_name(second, u'x', sum).entry("G", 2, 600);
}
constexpr std::uint8_t sum_of_g = 0x0;  // of "G          "

constexpr const char* none = "the device holds no FAT file system";
constexpr const char* no_room = "the FAT volume has no room for files";
constexpr const char* outside = "a chain of clusters on the FAT volume leads outside of it";
constexpr const char* circle = "a file's chain of clusters on the FAT volume runs in a circle";
constexpr const char* too_short = "a file's chain of clusters on the FAT volume ends before the file does";
constexpr const char* too_large = "a directory on the FAT volume is larger than one can be, or runs in a circle";
constexpr const char* no_file = "there is no such file";
constexpr const char* leaves = "a read would leave the volume";

const BrokenInput volumes[] = {
    {"sound", "accepted", fat(Volume16())},
    {"sound_and_wide", "accepted", fat(wide().put<std::uint32_t>(table + 36, 0x0fffffff), "/G")},
    {"has_no_signature", none, fat(Volume16().put<std::uint16_t>(510, 0))},
    {"has_sectors_of_0", none, fat(Volume16().put<std::uint16_t>(11, 0))},
    {"has_sectors_of_256", none, fat(Volume16().put<std::uint16_t>(11, 256))},
    {"has_sectors_of_8192", none, fat(Volume16().put<std::uint16_t>(11, 8192))},
    {"has_sectors_of_no_power_of_two", none, fat(Volume16().put<std::uint16_t>(11, 1000))},
    {"has_clusters_of_0_sectors", none, fat(Volume16().put<std::uint8_t>(13, 0))},
    {"has_clusters_of_3_sectors", none, fat(Volume16().put<std::uint8_t>(13, 3))},
    {"has_no_reserved_sectors", none, fat(Volume16().put<std::uint16_t>(14, 0))},
    {"has_no_tables", none, fat(Volume16().put<std::uint8_t>(16, 0))},
    {"has_an_impossible_medium", none, fat(Volume16().put<std::uint8_t>(21, 0x80))},
    {"has_no_sectors", no_room, fat(Volume16().put<std::uint16_t>(19, 0))},
    {"has_no_sectors_behind_its_tables", no_room, fat(Volume16().put<std::uint16_t>(19, 19))},
    {"has_255_tables", no_room, fat(Volume16().put<std::uint8_t>(16, 255).put<std::uint16_t>(22, 0xffff))},
    {"has_reserved_sectors_only", no_room, fat(Volume16().put<std::uint16_t>(14, 0xffff))},
    {"is_wide_and_has_tables_of_4_billion_sectors", no_room, fat(wide().put<std::uint32_t>(36, ~0U))},
    {"is_wide_and_has_tables_of_0_sectors", no_room, fat(wide().put<std::uint32_t>(36, 0))},
    {"is_wide_and_has_its_root_in_cluster_0", "the FAT volume has no root directory",
     fat(wide().put<std::uint32_t>(44, 0))},
    {"is_wide_and_has_its_root_outside", outside, fat(wide().put<std::uint32_t>(44, 0x0ffffff0))},
    {"is_wide_and_has_its_root_in_a_circle", no_file, fat(wide().put<std::uint32_t>(table + 20, 5), "/H")},
    {"ends_before_its_table", leaves, fat(Volume16().cut_to(sector))},
    {"ends_before_its_root", leaves, fat(Volume16().cut_to(root))},
    {"ends_in_the_file", leaves, fat(Volume16().cut_to(data + sector))},
    {"has_a_file_in_cluster_0", outside, fat(Volume16().entry("G", 0, 5), "/G")},
    {"has_a_file_in_cluster_1", outside, fat(Volume16().entry("G", 1, 5), "/G")},
    {"has_a_file_behind_its_end", outside, fat(Volume16().entry("G", clusters + 2, 5), "/G")},
    {"has_a_chain_to_a_free_cluster", outside, fat(Volume16().link(2, 0))},
    {"has_a_chain_to_cluster_1", outside, fat(Volume16().link(2, 1))},
    {"has_a_chain_to_a_bad_cluster", outside, fat(Volume16().link(2, 0xfff7))},
    {"has_a_chain_behind_its_end", outside, fat(Volume16().link(3, clusters + 2))},
    {"has_a_chain_that_is_too_short", too_short, fat(Volume16().link(2, end))},
    {"has_a_file_of_4_gigabytes_in_one_cluster", too_short, fat(Volume16().entry("G", 3, ~0U), "/G")},
    {"has_a_chain_that_starts_over", circle, fat(Volume16().link(3, 2))},
    {"has_a_cluster_that_follows_itself", circle, fat(Volume16().link(3, 3))},
    {"has_a_circle_behind_the_file", circle, fat(Volume16().link(3, 4).link(4, 5).link(5, 6).link(6, 4))},
    {"has_more_clusters_than_the_file_needs", "accepted", fat(Volume16().link(3, 4).link(4, end))},
    {"has_an_empty_file_in_cluster_1", "accepted", fat(Volume16().entry("G", 1, 0), "/G")},
    {"has_a_directory_in_cluster_0", "a directory on the FAT volume has no clusters", fat(with_directory(0), "/D/F")},
    {"has_a_directory_in_cluster_1", outside, fat(with_directory(1), "/D/F")},
    {"has_a_directory_behind_its_end", outside, fat(with_directory(0xfff0), "/D/F")},
    {"has_a_directory_that_follows_itself", too_large, fat(with_full_directory(10), "/D/F")},
    {"has_a_directory_that_leads_outside", outside, fat(with_full_directory(0xfff0), "/D/F")},
    {"has_a_directory_that_ends_full", no_file, fat(with_full_directory(end), "/D/F")},
    {"has_a_directory_in_itself", no_file,
     fat(with_directory(10).link(10, end).entry_at(data + 8 * sector, "D", 10, 0, directory), "/D/D/D/D/F")},
    {"has_a_full_root", no_file,
     fat(
         [] {
             Volume16 made;
             for (int i = 1; i < 16; ++i) made.entry("OTHER", 2, 600);
             return made;
         }(),
         "/G")},
    {"has_a_long_name", "accepted", fat(Volume16().long_name(0x41, u'x', sum_of_g).entry("G", 2, 600), "/x")},
    {"has_a_long_name_of_another_file", no_file, fat(Volume16().long_name(0x41, u'x', 1).entry("G", 2, 600), "/x")},
    {"has_a_long_name_and_nothing_behind_it", no_file, fat(Volume16().long_name(0x41, u'x', 1), "/x")},
    {"has_a_long_name_with_a_part_too_few", no_file, fat(with_long_name(0x43, 2, sum_of_g), "/x")},
    {"has_a_long_name_with_a_part_twice", no_file, fat(with_long_name(0x42, 2, sum_of_g), "/x")},
    {"has_a_long_name_with_part_0", no_file, fat(with_long_name(0x40, 0, sum_of_g), "/x")},
    {"has_a_long_name_with_part_63", no_file, fat(with_long_name(0x7f, 62, sum_of_g), "/x")},
    {"has_a_long_name_without_a_last_part", no_file, fat(with_long_name(2, 1, sum_of_g), "/x")},
    {"has_a_long_name_beside_a_short_one", "accepted", fat(with_long_name(0x43, 2, sum_of_g), "/G")},
};
INSTANTIATE_TEST_SUITE_P(Fat, BrokenInputs, ::testing::ValuesIn(volumes), row_name);

}  // namespace
}  // namespace lintel::loader
