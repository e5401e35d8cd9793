// Partition tables that no program would write, made by hand, one thing wrong with each.
#include <array>
#include <utility>

#include "base/crc32.hpp"
#include "broken_inputs.hpp"
#include "loader/core/partitions.hpp"
#include "memory_disk.hpp"

namespace lintel::loader {
namespace {

constexpr std::size_t sector = 512;
constexpr std::uint32_t sectors = 2048;

/// What comes out of a table: "accepted" and its partitions, or what is wrong, behind those.
std::string outcome(const MemoryDisk& made, std::uint32_t block_size) {
    MemoryDisk disk = made;
    std::array<std::byte, 65536> room;
    std::array<Partition, 8> partitions;
    ReadAhead ahead(room);
    auto table = read_partitions({.device = &disk, .block_size = block_size}, ahead, partitions);
    std::string text;
    for (const Partition& partition : table.partitions) {
        EXPECT_TRUE(DeviceRegion(disk).has(partition.offset, partition.size) && partition.size != 0);
        text += std::to_string(partition.index) + " ";
    }
    return text + (table.trouble ? std::string(table.trouble->text) : "accepted");
}

/// A disk with an MBR, and tables of extended partitions wherever they are put.
class Mbr {
public:
    Mbr() : disk_(sectors * sector) { sign(0); }
    Mbr& sign(std::uint32_t table) {
        disk_.put<std::uint16_t>(table * sector + 510, 0xaa55);
        return *this;
    }
    Mbr& entry(std::uint32_t table, std::size_t slot, std::uint8_t type, std::uint32_t first, std::uint32_t count) {
        std::size_t at = table * sector + 446 + 16 * slot;
        disk_.put(at + 4, type).put(at + 8, first).put(at + 12, count);
        return *this;
    }
    template <class T>
    Mbr& put(std::size_t offset, T value) {
        disk_.put(offset, value);
        return *this;
    }
    MemoryDisk disk_;
};

/// An extended partition from 100 to 1100, with a logical one and a link in its first table.
Mbr extended(std::uint32_t link, std::uint8_t type = 5) {
    return Mbr()
        .entry(0, 0, 0x83, 10, 20)
        .entry(0, 1, type, 100, 1000)
        .sign(100)
        .entry(100, 0, 0x83, 1, 10)
        .entry(100, 1, 5, link, 50);
}
Mbr chain() { return extended(50).sign(150).entry(150, 0, 0x83, 1, 10); }

std::function<std::string()> mbr(const Mbr& made) {
    return [=] { return outcome(made.disk_, 512); };
}

/// A disk with two GPTs of two partitions each, in blocks of some size.
class Gpt {
public:
    explicit Gpt(std::uint32_t block_size = 512) : block_(block_size), disk_(blocks * std::uint64_t{block_size}) {
        disk_.put<std::uint16_t>(510, 0xaa55).put<std::uint8_t>(446 + 4, 0xee);
        disk_.put<std::uint32_t>(446 + 8, 1).put<std::uint32_t>(446 + 12, blocks - 1);
        header(1, blocks - 1, 2);
        header(blocks - 1, 1, blocks - 4);
        for (std::uint64_t table : {std::uint64_t{2}, blocks - 4})
            for (std::uint64_t i : {0U, 1U}) {
                std::uint64_t at = table * block_ + i * 128;
                disk_.put<std::uint8_t>(at, 0xaf).put<std::uint8_t>(at + 16, static_cast<std::uint8_t>(i + 1));
                disk_.put<std::uint64_t>(at + 32, 100 + 100 * i).put<std::uint64_t>(at + 40, 150 + 100 * i);
            }
    }
    /// The same change in both headers, from `offset` on.
    template <class T>
    Gpt& header_field(std::size_t offset, T value) {
        for (std::uint64_t block : {std::uint64_t{1}, blocks - 1}) disk_.put(block * block_ + offset, value);
        return *this;
    }
    template <class T>
    Gpt& entry_field(std::size_t offset, T value) {
        for (std::uint64_t table : {std::uint64_t{2}, blocks - 4}) disk_.put(table * block_ + offset, value);
        return *this;
    }
    Gpt& move_entries(std::uint64_t block) { return header_field(72, block); }
    /// Checksums as they have to be.
    Gpt& seal() {
        for (std::uint64_t block : {std::uint64_t{1}, blocks - 1}) {
            std::uint64_t at = block * block_;
            std::uint64_t entries = copy_at<std::uint64_t>(disk_.content, at + 72) * block_;
            std::uint64_t length = std::uint64_t{copy_at<std::uint32_t>(disk_.content, at + 80)} *
                                   copy_at<std::uint32_t>(disk_.content, at + 84);
            if (auto array = slice(disk_.content, entries, length)) disk_.put(at + 88, crc32(*array));
            disk_.put<std::uint32_t>(at + 16, 0);
            std::uint64_t size = std::min<std::uint64_t>(copy_at<std::uint32_t>(disk_.content, at + 12), block_);
            disk_.put(at + 16, crc32(Bytes(disk_.content).subspan(at, size)));
        }
        return *this;
    }
    template <class T>
    Gpt& put(std::size_t offset, T value) {
        disk_.put(offset, value);
        return *this;
    }

    static constexpr std::uint64_t blocks = 1024;
    std::uint32_t block_;
    MemoryDisk disk_;

private:
    void header(std::uint64_t own, std::uint64_t other, std::uint64_t entries) {
        std::uint64_t at = own * block_;
        disk_.put_text(at, "EFI PART").put<std::uint32_t>(at + 8, 0x10000).put<std::uint32_t>(at + 12, 92);
        disk_.put(at + 24, own).put(at + 32, other).put<std::uint64_t>(at + 40, 34);
        disk_.put<std::uint64_t>(at + 48, blocks - 5).put(at + 72, entries);
        disk_.put<std::uint32_t>(at + 80, 4).put<std::uint32_t>(at + 84, 128);
    }
};

std::function<std::string()> gpt(const Gpt& made, std::uint32_t block_size = 512) {
    return [=] { return outcome(made.disk_, block_size); };
}

constexpr const char* no_table = "1 5 the disk's chain of extended partitions leads to no table";
constexpr const char* backwards = "1 5 the disk's chain of extended partitions leads backwards or out of it";
constexpr const char* damaged = "the disk's GUID partition table and its backup are both damaged";

const BrokenInput tables[] = {
    {"mbr_sound", "1 5 6 accepted", mbr(chain())},
    {"mbr_without_a_signature", "accepted", mbr(chain().put<std::uint16_t>(510, 0))},
    {"mbr_with_an_impossible_status", "accepted", mbr(chain().put<std::uint8_t>(446 + 16, 0x12))},
    {"mbr_that_is_a_fat_boot_sector", "accepted", mbr(chain().put(54, std::array{'F', 'A', 'T'}))},
    {"mbr_with_a_partition_behind_the_disk", "accepted", mbr(Mbr().entry(0, 0, 0x83, sectors, 1))},
    {"mbr_with_a_partition_that_leaves_the_disk", "accepted", mbr(Mbr().entry(0, 0, 0x83, 10, sectors))},
    {"mbr_with_a_partition_of_4_billion_sectors", "accepted", mbr(Mbr().entry(0, 0, 0x83, ~0U, ~0U))},
    {"mbr_with_an_empty_partition", "2 accepted", mbr(Mbr().entry(0, 0, 0x83, 10, 0).entry(0, 1, 0x83, 10, 1))},
    {"mbr_with_partitions_on_top_of_each_other", "1 2 accepted",
     mbr(Mbr().entry(0, 0, 0x83, 10, 9).entry(0, 1, 0x83, 10, 9))},
    {"extended_that_links_to_itself", backwards, mbr(extended(0))},
    {"extended_that_links_back", "1 5 6 the disk's chain of extended partitions leads backwards or out of it", mbr(chain().entry(150, 1, 5, 50, 50))},
    {"extended_that_links_to_its_start", backwards, mbr(chain().entry(150, 1, 5, 0, 50).entry(150, 0, 0, 0, 0))},
    {"extended_that_links_out_of_itself", backwards, mbr(extended(1000))},
    {"extended_that_links_behind_the_disk", backwards, mbr(extended(~0U))},
    {"extended_that_links_to_nothing", no_table, mbr(extended(50))},
    {"extended_behind_the_disk", "the disk's chain of extended partitions leads to no table",
     mbr(Mbr().entry(0, 0, 5, sectors, 10))},
    {"extended_without_a_table", "the disk's chain of extended partitions leads to no table",
     mbr(Mbr().entry(0, 0, 15, 100, 10))},
    {"extended_with_an_empty_first_table", "1 5 accepted", mbr(chain().entry(100, 0, 0, 0, 0))},
    {"extended_with_a_partition_outside_that_takes_its_number", "1 6 accepted",
     mbr(chain().entry(100, 0, 0x83, 1, 5000))},
    {"extended_with_a_partition_outside_in_its_third_slot", "1 5 6 accepted",
     mbr(chain().entry(100, 2, 0x83, 1, 5000))},
    {"extended_of_more_partitions_than_there_is_room_for", "1 5 6 7 8 9 10 11 accepted",
     mbr([] {
         Mbr made = Mbr().entry(0, 0, 0x83, 10, 20).entry(0, 1, 5, 100, 1000);
         for (std::uint32_t i = 0; i < 20; ++i)
             made.sign(100 + 4 * i).entry(100 + 4 * i, 0, 0x83, 1, 1).entry(100 + 4 * i, 1, 5, 4 * (i + 1), i < 19 ? 4 : 0);
         return made;
     }())},
    {"extended_of_more_links_than_a_disk_has", "1 the disk's chain of extended partitions does not end",
     mbr([] {
         Mbr made = Mbr().entry(0, 0, 0x83, 10, 20).entry(0, 1, 5, 100, 1000);
         for (std::uint32_t i = 0; i < 300; ++i) made.sign(100 + i).entry(100 + i, 1, 5, i + 1, 1);
         return made;
     }())},
    {"gpt_sound", "1 2 accepted", gpt(Gpt().seal())},
    {"gpt_with_blocks_of_4096", "1 2 accepted", gpt(Gpt(4096).seal(), 4096)},
    {"gpt_for_disks_on_a_disc", "1 2 accepted", gpt(Gpt().seal(), 2048)},
    {"gpt_with_a_broken_first_header", "1 2 accepted", gpt(Gpt().seal().put<std::uint8_t>(sector, 'X'))},
    {"gpt_with_a_broken_first_checksum", "1 2 accepted", gpt(Gpt().seal().put<std::uint8_t>(sector + 16, 1))},
    {"gpt_with_broken_first_entries", "1 2 accepted", gpt(Gpt().seal().put<std::uint8_t>(2 * sector + 60, 1))},
    {"gpt_with_blocks_of_4096_and_a_broken_first_header", "1 2 accepted",
     gpt(Gpt(4096).seal().put<std::uint8_t>(4096, 'X'), 4096)},
    {"gpt_without_checksums", damaged, gpt(Gpt())},
    {"gpt_of_another_revision", damaged, gpt(Gpt().header_field<std::uint32_t>(8, 0x20000).seal())},
    {"gpt_with_a_header_of_0_bytes", damaged, gpt(Gpt().header_field<std::uint32_t>(12, 0).seal())},
    {"gpt_with_a_header_of_4_gigabytes", damaged, gpt(Gpt().header_field<std::uint32_t>(12, ~0U).seal())},
    {"gpt_with_a_header_of_a_block", "1 2 accepted", gpt(Gpt().header_field<std::uint32_t>(12, 512).seal())},
    {"gpt_that_is_elsewhere", damaged, gpt(Gpt().header_field<std::uint64_t>(24, 7).seal())},
    {"gpt_with_entries_behind_the_disk", damaged, gpt(Gpt().move_entries(Gpt::blocks).seal())},
    {"gpt_with_entries_beyond_64_bits", damaged, gpt(Gpt().move_entries(~0ULL).seal())},
    {"gpt_with_no_entries", damaged, gpt(Gpt().header_field<std::uint32_t>(80, 0).seal())},
    {"gpt_with_4_billion_entries", damaged, gpt(Gpt().header_field<std::uint32_t>(80, ~0U).seal())},
    {"gpt_with_entries_of_64_bytes", damaged, gpt(Gpt().header_field<std::uint32_t>(84, 64).seal())},
    {"gpt_with_entries_of_no_power_of_two", damaged, gpt(Gpt().header_field<std::uint32_t>(84, 136).seal())},
    {"gpt_with_entries_of_2_gigabytes", damaged, gpt(Gpt().header_field<std::uint32_t>(84, 1U << 31).seal())},
    {"gpt_with_a_partition_that_ends_before_it_starts", "2 accepted",
     gpt(Gpt().entry_field<std::uint64_t>(40, 99).seal())},
    {"gpt_with_a_partition_behind_the_disk", "2 accepted",
     gpt(Gpt().entry_field<std::uint64_t>(32, Gpt::blocks).entry_field<std::uint64_t>(40, Gpt::blocks).seal())},
    {"gpt_with_a_partition_of_all_64_bits", "2 accepted",
     gpt(Gpt().entry_field<std::uint64_t>(32, 0).entry_field<std::uint64_t>(40, ~0ULL).seal())},
    {"gpt_with_a_free_entry", "2 accepted", gpt(Gpt().entry_field<std::uint8_t>(0, 0).seal())},
    {"gpt_on_a_disk_of_one_sector", damaged,
     [] {
         Gpt made;
         made.disk_.content.resize(sector);
         return outcome(made.disk_, 512);
     }},
};
INSTANTIATE_TEST_SUITE_P(Partitions, BrokenInputs, ::testing::ValuesIn(tables), row_name);

}  // namespace
}  // namespace lintel::loader
