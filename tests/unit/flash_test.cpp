// Which devices `lintel flash` writes to, on made-up hosts; and what it writes, on a file in a device's place.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "runner/flash/device.hpp"
#include "runner/flash/write.hpp"

namespace lintel::runner {
namespace {

/// A host with a USB stick sdb (8:16) of two partitions, a disk nvme0n1 (259:0) that is built in, and a loop device.
class Flash : public testing::Test {
protected:
    Flash() : folder_(*TemporaryFolder::make()) {
        add_disk("pci/usb1/block/sdb", "8:16", "1");
        add("sys/pci/usb1/block/sdb/device/model", "Stick 3000  \n");
        add_partition("pci/usb1/block/sdb/sdb1", "8:17");
        add_partition("pci/usb1/block/sdb/sdb2", "8:18");
        add_disk("pci/nvme/nvme0n1", "259:0", "0");
        add_disk("virtual/block/loop0", "7:0", "0");
        add("mounts", "21 1 259:2 / / rw - ext4 /dev/nvme0n1p2 rw\n");
        add("swaps", "Filename Type Size Used Priority\n");
        host = {.devices = root() / "dev", .mounts = root() / "mounts", .swaps = root() / "swaps"};
    }
    void add(const fs::path& name, std::string_view text) {
        EXPECT_TRUE(make_folders((root() / name).parent_path()));
        EXPECT_TRUE(write_file(root() / name, text));
    }
    void add_disk(const fs::path& path, const std::string& number, std::string_view removable) {
        add("sys" / path / "size", "2048\n");  // sectors
        add("sys" / path / "removable", removable);
        add("sys" / path / "ro", "0\n");
        link("sys" / path, number);
    }
    void add_partition(const fs::path& path, const std::string& number) {
        add("sys" / path / "partition", "1\n");
        add("sys" / path / "size", "1024\n");
        add("sys" / path / "dev", number + "\n");
        link("sys" / path, number);
    }
    void link(const fs::path& path, const std::string& number) {
        EXPECT_TRUE(make_folders(root() / "dev"));
        fs::create_directory_symlink(root() / path, root() / "dev" / number);
    }
    /// Why the device is refused for an image of `size` bytes; empty where it is not.
    std::string refusal(const std::string& number, std::uint64_t size = 1 << 20, bool fixed_too = false) {
        auto device = look_at_device("/dev/given", number, host);
        if (!device) return device.error().sentence;
        auto checked = check_device(*device, size, fixed_too, host);
        return checked ? "" : checked.error().sentence;
    }
    [[nodiscard]] const fs::path& root() const { return folder_.path(); }

    HostPlaces host{};

private:
    TemporaryFolder folder_;
};

TEST_F(Flash, takes_a_stick_that_nobody_uses_and_knows_what_it_would_lose) {
    EXPECT_EQ(refusal("8:16"), "");
    auto device = look_at_device("/dev/sdb", "8:16", host);
    ASSERT_TRUE(device);
    EXPECT_EQ(device->name, "sdb");
    EXPECT_EQ(device->model, "Stick 3000");
    EXPECT_EQ(device->size, 1U << 20);
    ASSERT_EQ(device->partitions.size(), 2U);
    EXPECT_EQ(device->partitions[1].number, "8:18");
}

TEST_F(Flash, refuses_a_partition_and_names_its_disk) {
    EXPECT_EQ(refusal("8:17"), "/dev/given is a partition; name the whole device: /dev/sdb");
}

TEST_F(Flash, refuses_a_device_with_something_mounted) {
    add("mounts", "30 1 8:18 / /media/my\\040stick rw,nosuid shared:3 - vfat /dev/sdb2 rw\n");
    EXPECT_EQ(refusal("8:16"), "/dev/sdb2 is mounted at /media/my stick; nothing was written");
    add("mounts", "30 1 8:16 / /media/whole rw - vfat /dev/sdb rw\n");
    EXPECT_EQ(refusal("8:16"), "/dev/sdb is mounted at /media/whole; nothing was written");
}

TEST_F(Flash, refuses_what_a_file_system_with_numbers_of_its_own_stands_on) {
    add("mounts", "30 1 0:40 /sub / rw - btrfs /dev/sdb1 rw\n");
    EXPECT_EQ(refusal("8:16"), "/dev/sdb1 is mounted at /; nothing was written");
}

TEST_F(Flash, refuses_swap_and_what_is_part_of_another_device) {
    add("swaps", "Filename Type Size Used Priority\n/dev/sdb1 partition 1024 0 -2\n");
    EXPECT_EQ(refusal("8:16"), "/dev/sdb1 is used as swap; nothing was written");
    add("swaps", "");
    add("sys/pci/usb1/block/sdb/sdb2/holders/dm-3/x", "");
    EXPECT_EQ(refusal("8:16"), "/dev/sdb2 is part of dm-3; nothing was written");
}

TEST_F(Flash, refuses_a_disk_that_is_built_in_unless_it_is_meant) {
    EXPECT_TRUE(refusal("259:0").contains("is a disk that is built in")) << refusal("259:0");
    EXPECT_EQ(refusal("259:0", 1, true), "");
    EXPECT_EQ(refusal("7:0"), "");
}

TEST_F(Flash, refuses_a_protected_or_too_small_device) {
    EXPECT_EQ(refusal("8:16", (1 << 20) + 1), "the image has 1048577 bytes, and /dev/given has room for 1048576");
    add("sys/pci/usb1/block/sdb/ro", "1\n");
    EXPECT_EQ(refusal("8:16"), "/dev/given is write-protected");
}

TEST_F(Flash, refuses_what_the_host_does_not_know) {
    EXPECT_EQ(refusal("99:1"), "the host knows nothing of /dev/given (device 99:1)");
}

TEST_F(Flash, writes_the_image_and_clears_the_old_table_at_the_end) {
    const std::string image = std::string(3 << 20, 'i') + "end";
    add("image", image);
    add("device", std::string(5 << 20, 'o'));
    std::uint64_t compared = 0;
    auto report = [&](Progress what, std::uint64_t done) {
        if (what == Progress::comparing) compared = done;
        return true;
    };
    auto device = claim(root() / "device");
    ASSERT_TRUE(device);
    auto written = write_and_compare(root() / "image", device->number(), 5 << 20, report);
    ASSERT_TRUE(written) << written.error().sentence;
    EXPECT_TRUE(*written);
    EXPECT_EQ(compared, 3U << 20);  // the last report stands before the last piece
    const std::string after = *read_file(root() / "device", "");
    EXPECT_EQ(after.size(), 5U << 20);
    EXPECT_TRUE(after.starts_with(image + "o"));
    EXPECT_TRUE(after.ends_with("o" + std::string(33 * 512, '\0')));
}

TEST_F(Flash, a_device_that_gives_back_something_else_is_named_faulty) {
    add("image", std::string(3 << 20, 'i'));
    add("device", std::string(3 << 20, 'o'));
    auto device = claim(root() / "device");
    ASSERT_TRUE(device);
    auto spoil = [&](Progress what, std::uint64_t done) {
        if (what == Progress::comparing && done == 0) EXPECT_EQ(::pwrite(device->number(), "x", 1, 2'000'000), 1);
        return true;
    };
    auto written = write_and_compare(root() / "image", device->number(), 3 << 20, spoil);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().sentence, "what was read back differs from byte 2000000 on; the device is faulty");
}

TEST_F(Flash, ends_between_two_pieces_when_it_is_told_to) {
    add("image", std::string(3 << 20, 'i'));
    add("device", std::string(3 << 20, 'o'));
    auto device = claim(root() / "device");
    ASSERT_TRUE(device);
    auto written = write_and_compare(root() / "image", device->number(), 3 << 20,
                                     [](Progress, std::uint64_t done) { return done < 1 << 20; });
    ASSERT_TRUE(written);
    EXPECT_FALSE(*written);
    EXPECT_TRUE(read_file(root() / "device", "")->ends_with(std::string(2 << 20, 'o')));
}

}  // namespace
}  // namespace lintel::runner
