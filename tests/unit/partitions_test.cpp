// Partition tables that sfdisk makes, and what paths find on such disks.
#include "loader/core/partitions.hpp"

#include <array>

#include "loader/core/drive_volumes.hpp"
#include "memory_disk.hpp"

namespace lintel::loader {
namespace {

constexpr std::uint64_t mebibyte = 1 << 20;

/// A disk on which sfdisk carried out `script`.
MemoryDisk partitioned(const std::string& script, const std::string& size = "16M") {
    Workshop workshop;
    workshop.add("script", script);
    workshop.run("truncate -s " + size + " disk && PATH=$PATH:/sbin sfdisk disk < script");
    return workshop.disk("disk");
}

/// "2: 1-3" for partition 2 from the first to the third mebibyte.
std::string list(const PartitionTable& table) {
    std::string text;
    for (const Partition& partition : table.partitions)
        text += std::to_string(partition.index) + ": " + std::to_string(partition.offset / mebibyte) + "-" +
                std::to_string((partition.offset + partition.size) / mebibyte) + "\n";
    if (table.trouble) text += std::string(table.trouble->text) + "\n";
    return text;
}

struct Read {
    explicit Read(MemoryDisk& disk, std::uint32_t block_size = 512)
        : table(read_partitions({.device = &disk, .block_size = block_size}, ahead, partitions)) {}
    std::array<std::byte, 65536> room{};
    std::array<Partition, 256> partitions{};
    ReadAhead ahead{room};
    PartitionTable table;
};

const std::string gpt_script =
    "label: gpt\nlabel-id: 11223344-5566-7788-99AA-BBCCDDEEFF00\n"
    "1: start=1MiB, size=2MiB, type=U, uuid=736B5698-5AE1-4DFF-BE2C-EF8F44A61C52\n"
    "3: start=8MiB, size=1MiB, type=L\n2: start=4MiB, size=3MiB, type=L\n";
constexpr auto gpt_list = "1: 1-3\n2: 4-7\n3: 8-9\n";
constexpr limine::Uuid disk_uuid{0x11223344, 0x5566, 0x7788, {0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x00}};

const std::string mbr_script =
    "label: dos\nlabel-id: 0x12345678\n"
    "1: start=1MiB, size=2MiB, type=c\n3: start=4MiB, size=8MiB, type=f\n4: start=12MiB, size=1MiB, type=83\n"
    "5: start=5MiB, size=1MiB, type=83\n6: start=7MiB, size=2MiB, type=83\n7: start=10MiB, size=1MiB, type=83\n";

TEST(Partitions, those_of_a_gpt_have_their_numbers_places_and_uuids) {
    MemoryDisk disk = partitioned(gpt_script);
    Read read(disk);
    EXPECT_EQ(list(read.table), gpt_list);
    EXPECT_EQ(read.table.disk.gpt, disk_uuid);
    EXPECT_EQ(read.table.partitions[0].uuid,
              (limine::Uuid{0x736b5698, 0x5ae1, 0x4dff, {0xbe, 0x2c, 0xef, 0x8f, 0x44, 0xa6, 0x1c, 0x52}}));
}

TEST(Partitions, those_of_an_mbr_have_the_numbers_of_their_slots_and_of_the_chain) {
    MemoryDisk disk = partitioned(mbr_script);
    Read read(disk);
    EXPECT_EQ(list(read.table), "1: 1-3\n4: 12-13\n5: 5-6\n6: 7-9\n7: 10-11\n");
    EXPECT_EQ(read.table.disk.mbr_id, 0x12345678U);
    EXPECT_EQ(read.table.disk.gpt, limine::Uuid{});
}

TEST(Partitions, a_damaged_gpt_is_replaced_by_its_backup) {
    for (std::size_t damaged : {512U, 512U + 16, 512U + 60, 2U * 512 + 40}) {
        MemoryDisk disk = partitioned(gpt_script);
        disk.put<std::uint8_t>(damaged, 0xff);
        Read read(disk);
        EXPECT_EQ(list(read.table), gpt_list) << damaged;
        EXPECT_EQ(read.table.disk.gpt, disk_uuid);
    }
}

TEST(Partitions, a_backup_that_a_larger_disk_left_in_its_middle_is_found) {
    MemoryDisk disk = partitioned(gpt_script);
    disk.content.resize(disk.content.size() + mebibyte);
    disk.put<std::uint8_t>(2 * 512 + 40, 0xff);
    EXPECT_EQ(list(Read(disk).table), gpt_list);
}

TEST(Partitions, two_damaged_gpts_are_a_reason) {
    MemoryDisk disk = partitioned(gpt_script);
    disk.put<std::uint8_t>(512, 0xff).put<std::uint8_t>(disk.content.size() - 512, 0xff);
    EXPECT_EQ(list(Read(disk).table), "the disk's GUID partition table and its backup are both damaged\n");
}

TEST(Partitions, a_gpt_that_a_newer_mbr_replaced_does_not_count) {
    MemoryDisk disk = partitioned(gpt_script);
    MemoryDisk newer = partitioned("label: dos\n1: start=2MiB, size=1MiB, type=83\n");
    disk.put_bytes(0, Bytes(newer.content).first(512));
    EXPECT_EQ(list(Read(disk).table), "1: 2-3\n");
}

TEST(Partitions, a_table_with_blocks_of_4096_bytes_is_read) {
    // sfdisk takes the size of a file's blocks for 512; so this one is made over: every number is one of its blocks.
    MemoryDisk small = partitioned(
        "label: dos\n1: start=256, size=256, type=83\n2: start=1024, size=1024, type=f\n"
        "5: start=1280, size=256, type=83\n");
    MemoryDisk disk(small.content.size() * 8);
    for (std::size_t i = 0; i < small.content.size() / 512; ++i)
        disk.put_bytes(i * 4096, Bytes(small.content).subspan(i * 512, 512));
    EXPECT_EQ(list(Read(disk, 4096).table), "1: 1-2\n5: 5-6\n");
}

TEST(Partitions, a_disk_without_a_table_has_none_and_that_is_no_trouble) {
    for (std::size_t size : {0U, 100U, 512U, 100000U}) {
        MemoryDisk disk(size);
        EXPECT_EQ(list(Read(disk).table), "") << size;
    }
}

/// A machine with a GPT disk, an MBR disk and a disc, each with file systems, and no more.
class Machine : public ::testing::Test {
protected:
    static MemoryDisk fat(const std::string& label, const std::string& content) {
        Workshop workshop;
        workshop.add("file", content);
        workshop.run("export MTOOLS_SKIP_CHECK=1; mformat -C -i disk -v '" + label +
                     "' -T 2048 -h 4 -s 16 :: && mcopy -i disk file ::/FILE");
        return workshop.disk("disk");
    }
    static MemoryDisk disc() {
        Workshop workshop;
        workshop.add("file", "on the disc");
        workshop.run("xorriso -as mkisofs -quiet -R -V DISC -o disk file");
        return workshop.disk("disk");
    }

    Machine() {
        static const MemoryDisk first = fat("FIRST", "first"), second = fat("SECOND", "second"),
                                third = fat("THIRD", "third"), optical = disc();
        gpt = partitioned(
            "label: gpt\n1: start=1MiB, size=1MiB, uuid=736B5698-5AE1-4DFF-BE2C-EF8F44A61C52\n"
            "2: start=2MiB, size=1MiB\n",
            "4M");
        gpt.put_bytes(mebibyte, first.content).put_bytes(2 * mebibyte, second.content);
        mbr = partitioned(
            "label: dos\nlabel-id: 0x12345678\n2: start=1MiB, size=3MiB, type=5\n"
            "5: start=2MiB, size=1MiB, type=c\n",
            "4M");
        mbr.put_bytes(2 * mebibyte, third.content);
        cd = optical;
    }

    void start(std::optional<Origin> origin = Origin{.drive = 0, .offset = mebibyte, .size = mebibyte}) {
        volumes.emplace(*room, drives, origin);
    }
    std::string content(std::string_view text) {
        auto path = parse_path(text);
        if (!path) return std::string(path.error().text);
        auto volume = volumes->find(*path);
        if (!volume) {
            EXPECT_EQ(volume.error().subject, text);
            return std::string(volume.error().text);
        }
        identity = (*volume)->identity();
        auto file = (*volume)->open(path->path, NameRule::of_the_volume);
        if (!file) return std::string(file.error().text);
        std::string bytes(file->size, ' ');
        EXPECT_TRUE((*volume)->read(*file, 0, std::as_writable_bytes(std::span(bytes))));
        return bytes;
    }

    MemoryDisk gpt{0}, mbr{0}, cd{0};
    std::array<Drive, 3> drives{Drive{.device = &gpt}, Drive{.device = &cd, .block_size = 2048, .optical = true},
                                Drive{.device = &mbr}};
    std::unique_ptr<DriveVolumes::Room> room = std::make_unique<DriveVolumes::Room>();
    std::optional<DriveVolumes> volumes{};
    VolumeIdentity identity{};
};

TEST_F(Machine, every_form_of_path_finds_its_volume) {
    start();
    EXPECT_EQ(content("boot():/FILE"), "first");
    EXPECT_EQ(content("boot(2):/FILE"), "second");
    EXPECT_EQ(content("hdd(1:1):/FILE"), "first");
    EXPECT_EQ(content("hdd(1:2):/file"), "second");
    EXPECT_EQ(content("hdd(2:5):/FILE"), "third");
    EXPECT_EQ(content("odd(1:):/file"), "on the disc");
    EXPECT_EQ(content("guid(736b5698-5ae1-4dff-be2c-ef8f44a61c52):/FILE"), "first");
    EXPECT_EQ(content("uuid(98566B73-E15A-FF4D-BE2C-EF8F44A61C52):/FILE"), "first");
    EXPECT_EQ(content("fslabel(SECOND):/FILE"), "second");
    EXPECT_EQ(content("fslabel(THIRD):/FILE"), "third");
    EXPECT_EQ(content("fslabel(DISC):/file"), "on the disc");
}

TEST_F(Machine, what_is_not_there_gets_a_sentence) {
    start();
    EXPECT_EQ(content("boot(3):/FILE"), "the drive has no such partition");
    EXPECT_EQ(content("hdd(2:1):/FILE"), "the drive has no such partition");
    EXPECT_EQ(content("hdd(2:2):/FILE"), "the drive has no such partition");
    EXPECT_EQ(content("hdd(3:1):/FILE"), "there is no such drive");
    EXPECT_EQ(content("odd(2:):/FILE"), "there is no such drive");
    EXPECT_EQ(content("hdd(1:):/FILE"), "there is neither a FAT nor an ISO 9660 file system");
    EXPECT_EQ(content("guid(00000000-0000-0000-0000-000000000000):/FILE"), "no partition has this GUID");
    EXPECT_EQ(content("fslabel(second):/FILE"), "no volume has this label");
    EXPECT_EQ(content("tftp():/FILE"), "this loader does not boot from the network");
    gpt.put<std::uint8_t>(512, 0xff).put<std::uint8_t>(gpt.content.size() - 512, 0xff);
    start();
    for (const char* text :
         {"boot(2):/FILE", "hdd(1:1):/FILE", "fslabel(NONE):/FILE", "guid(736b5698-5ae1-4dff-be2c-ef8f44a61c52):/FILE"})
        EXPECT_EQ(content(text), "the disk's GUID partition table and its backup are both damaged") << text;
    EXPECT_EQ(content("boot():/FILE"), "first");
    EXPECT_EQ(content("fslabel(THIRD):/FILE"), "third");
}

TEST_F(Machine, a_volume_tells_where_it_is) {
    start();
    ASSERT_EQ(content("boot():/FILE"), "first");
    EXPECT_EQ(identity.media, limine::MediaType::generic);
    EXPECT_EQ(identity.partition_index, 1U);
    EXPECT_EQ(identity.gpt_partition.a, 0x736b5698U);
    EXPECT_NE(identity.gpt_disk, limine::Uuid{});
    ASSERT_EQ(content("hdd(2:5):/FILE"), "third");
    EXPECT_EQ(identity.partition_index, 5U);
    EXPECT_EQ(identity.mbr_disk_id, 0x12345678U);
    EXPECT_EQ(identity.gpt_partition, limine::Uuid{});
    ASSERT_EQ(content("odd(1:):/file"), "on the disc");
    EXPECT_EQ(identity.media, limine::MediaType::optical);
    EXPECT_EQ(identity.partition_index, 0U);
}

/// The labels of the places in which the configuration is looked for; "-" for one without a file system.
std::string searched(DriveVolumes& volumes) {
    std::string text;
    for (std::size_t i = 0; i < volumes.candidate_count(); ++i) {
        auto volume = volumes.candidate(i);
        text += (volume ? std::string((*volume)->label()) : "-") + " ";
    }
    return text;
}

TEST_F(Machine, the_configuration_is_looked_for_where_the_loader_is_then_on_its_drive) {
    start(Origin{.drive = 0, .offset = 2 * mebibyte, .size = mebibyte});
    EXPECT_EQ(searched(*volumes), "SECOND - FIRST SECOND ");
    start(std::nullopt);
    EXPECT_EQ(searched(*volumes), "- FIRST SECOND DISC - THIRD ");
}

TEST_F(Machine, boot_is_the_volume_that_the_search_settled_on) {
    start();
    volumes->settle_on(3);
    EXPECT_EQ(content("boot():/FILE"), "second");
    start(std::nullopt);
    EXPECT_EQ(content("boot():/FILE"), "the drive that the loader was started from is not known");
    volumes->settle_on(5);
    EXPECT_EQ(content("boot():/FILE"), "third");
    EXPECT_EQ(content("boot(5):/FILE"), "third");
}

TEST_F(Machine, a_volume_stays_open_while_others_are_looked_at) {
    start();
    auto first = volumes->find(*parse_path("boot():/FILE"));
    ASSERT_TRUE(first);
    for (int i = 0; i < 40; ++i)
        EXPECT_EQ(content(i % 2 == 0 ? "fslabel(THIRD):/FILE" : "fslabel(NONE):/"),
                  i % 2 == 0 ? "third" : "no volume has this label");
    EXPECT_EQ(*volumes->find(*parse_path("hdd(1:1):/FILE")), *first);
}

}  // namespace
}  // namespace lintel::loader
