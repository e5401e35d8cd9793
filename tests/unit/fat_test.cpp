// The FAT reader against volumes that mtools makes.
#include "loader/core/fat.hpp"

#include <array>
#include <map>
#include <memory>

#include "memory_disk.hpp"

namespace lintel::loader {
namespace {

std::string pattern(std::size_t size) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 26 + i / 4096 % 3);
    return text;
}

/// A volume of each width with the same files, made when it is first asked for.
class Volumes12To32 {
public:
    static const MemoryDisk& get(int width) {
        static std::map<int, MemoryDisk> made;
        auto found = made.find(width);
        if (found != made.end()) return found->second;
        const char* options = width == 12   ? "-f 1440"
                              : width == 16 ? "-T 32768 -h 16 -s 63 -c 2"
                                            : "-F -T 81920 -h 16 -s 63 -c 1";
        return made.emplace(width, make(options)).first->second;
    }

private:
    static MemoryDisk make(const std::string& options) {
        Workshop workshop;
        workshop.add("conf", "/Kernel\n");
        workshop.add("kernel", pattern(100000));
        workshop.add("empty", "");
        workshop.add("filler", pattern(3000));
        workshop.add("read", "read me");
        std::string make = "export MTOOLS_SKIP_CHECK=1; mformat -C -i disk -v 'MY DISK' " + options + " :: && ";
        make += "mmd -i disk ::/boot ::/boot/limine ::/many && ";
        // Holes between small files, so that what is written over them lies in pieces.
        make += "for i in 0 1 2 3 4 5 6 7; do cp filler f$i; done && mcopy -i disk f? :: && ";
        make += "mdel -i disk ::/f0 ::/f2 ::/f4 ::/f6 && ";
        make += "mcopy -i disk kernel ::/boot/Kernel-x86_64.elf && mcopy -i disk conf ::/boot/limine/limine.conf && ";
        make +=
            "mcopy -i disk empty ::/EMPTY && mcopy -i disk read ::/README.TXT && mcopy -i disk read ::/small.elf && ";
        make += "for i in $(seq 0 99); do cp read \"file number $i\"; done && mcopy -i disk file* ::/many";
        workshop.run(make);
        return workshop.disk("disk");
    }
};

/// A volume on its own copy of a disk.
class Opened {
public:
    explicit Opened(MemoryDisk disk, std::size_t room = 65536)
        : disk_(std::make_unique<MemoryDisk>(std::move(disk))),
          room_(room),
          ahead_(room_),
          volume_(Fat::open(DeviceRegion(*disk_), ahead_, {})) {}
    Fat* operator->() { return &volume_.value(); }
    [[nodiscard]] const Result<Fat>& result() const { return volume_; }

    std::string content(std::string_view path, NameRule rule = NameRule::of_the_volume, std::size_t step = 1 << 20) {
        if (!volume_) return "error: " + std::string(volume_.error().text);
        auto file = volume_->open(path, rule);
        if (!file) return "error: " + std::string(file.error().text);
        std::string text(file->size, ' ');
        MutableBytes bytes = std::as_writable_bytes(std::span(text));
        for (std::size_t at = 0; at < bytes.size(); at += step)
            if (auto done = volume_->read(*file, at, bytes.subspan(at, std::min(step, bytes.size() - at))); !done)
                return "error: " + std::string(done.error().text);
        return text;
    }

private:
    std::unique_ptr<MemoryDisk> disk_;
    std::vector<std::byte> room_;
    ReadAhead ahead_;
    Result<Fat> volume_;
};

constexpr auto no_file = "error: there is no such file";

class FatOfWidth : public ::testing::TestWithParam<int> {
protected:
    Opened volume{Volumes12To32::get(GetParam())};
};
INSTANTIATE_TEST_SUITE_P(Fat, FatOfWidth, ::testing::Values(12, 16, 32));

TEST_P(FatOfWidth, files_hold_what_was_copied_to_them) {
    EXPECT_EQ(volume.content("/README.TXT"), "read me");
    EXPECT_EQ(volume.content("//boot///limine/limine.conf"), "/Kernel\n");
    EXPECT_EQ(volume.content("/EMPTY"), "");
}

TEST_P(FatOfWidth, a_file_in_pieces_is_whole_however_it_is_read) {
    for (std::size_t step : {1000U, 4096U, 50000U, 1U << 20})
        EXPECT_EQ(volume.content("/boot/Kernel-x86_64.elf", NameRule::of_the_volume, step), pattern(100000)) << step;
}

TEST_P(FatOfWidth, parts_can_be_read_in_any_order_and_nothing_beyond_the_end) {
    auto file = volume->open("/boot/Kernel-x86_64.elf", NameRule::of_the_volume);
    ASSERT_TRUE(file);
    std::string part(5000, ' ');
    MutableBytes bytes = std::as_writable_bytes(std::span(part));
    for (std::size_t at : {90000U, 1234U, 1235U, 95000U, 0U}) {
        ASSERT_TRUE(volume->read(*file, at, bytes));
        EXPECT_EQ(part, pattern(100000).substr(at, 5000)) << at;
    }
    EXPECT_FALSE(volume->read(*file, 95001, bytes));
    EXPECT_FALSE(volume->read(*file, ~0ULL, bytes));
}

TEST_P(FatOfWidth, a_directory_of_many_clusters_is_searched_whole) {
    for (int i : {0, 42, 99}) EXPECT_EQ(volume.content("/many/file number " + std::to_string(i)), "read me") << i;
    EXPECT_EQ(volume.content("/many/file number 100"), no_file);
}

TEST_P(FatOfWidth, the_label_is_that_of_the_root_directory) { EXPECT_EQ(volume->label(), "MY DISK"); }

TEST_P(FatOfWidth, names_have_case_where_they_are_too_long_for_the_short_form) {
    EXPECT_EQ(volume.content("/readme.txt"), "read me");
    EXPECT_EQ(volume.content("/Small.ELF"), "read me");
    EXPECT_EQ(volume.content("/BOOT/kernel-x86_64.elf"), no_file);
    EXPECT_EQ(volume.content("/boot/LIMINE/Limine.Conf"), no_file);
    EXPECT_EQ(volume.content("/boot/LIMINE/Limine.Conf", NameRule::any_case), "/Kernel\n");
    EXPECT_EQ(volume.content("/BOOT/limine/limine.conf"), "/Kernel\n");
    EXPECT_EQ(volume.content("/boot/KERNEL~1.ELF"), pattern(100000));
}

TEST_P(FatOfWidth, what_is_not_a_file_is_refused) {
    constexpr auto directory = "error: this is a directory, not a file";
    EXPECT_EQ(volume.content("/boot"), directory);
    EXPECT_EQ(volume.content("/"), directory);
    EXPECT_EQ(volume.content("/README.TXT/limine.conf"), no_file);
    EXPECT_EQ(volume.content("/boot/../README.TXT"), no_file);
    EXPECT_EQ(volume.content("/boot/./limine/limine.conf"), no_file);
    EXPECT_EQ(volume.content("/MY DISK"), no_file);
    EXPECT_EQ(volume.content("/f0"), no_file);
    EXPECT_EQ(volume.content("/" + std::string(1000, 'l')), no_file);
    EXPECT_EQ(volume.content("/readme.txt."), no_file);
    EXPECT_EQ(volume->open("/boot/missing", NameRule::any_case).error().subject, "/boot/missing");
}

TEST(Fat, a_long_name_is_compared_as_utf_8) {
    MemoryDisk disk = Volumes12To32::get(12);
    std::u16string_view stored = u"limin";
    auto at = std::ranges::find_end(disk.content, std::as_bytes(std::span(stored))).begin() - disk.content.begin();
    ASSERT_LT(static_cast<std::size_t>(at), disk.content.size());
    disk.put(static_cast<std::size_t>(at) + 2, u'\u00fc').put(static_cast<std::size_t>(at) + 4, u'\u20ac');
    EXPECT_EQ(Opened(disk).content("/boot/limine/l\u00fc\u20acine.conf"), "/Kernel\n");
}

TEST(Fat, other_content_is_no_fat) {
    for (std::size_t size : {0U, 1U, 511U, 512U, 100000U}) {
        Opened volume{MemoryDisk(size)};
        ASSERT_FALSE(volume.result()) << size;
        EXPECT_EQ(volume.result().error().code, ErrorCode::not_found) << size;
    }
}

}  // namespace
}  // namespace lintel::loader
