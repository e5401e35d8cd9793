// The ISO 9660 reader against discs that xorriso makes, and against the same discs after bytes of theirs were changed:
// then nothing but an end of the search is promised.
#include "loader/core/iso9660.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "fake_volumes.hpp"
#include "loader/core/find_configuration.hpp"

namespace lintel::loader {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t sector = Iso9660::sector_size;

class Disc final : public BlockDevice {
public:
    explicit Disc(std::vector<std::byte> content) : content(std::move(content)) {}
    Status read(std::uint64_t offset, MutableBytes into) override {
        ++reads;
        auto from = slice(content, offset, into.size());
        if (!from) return fail(ErrorCode::device, "a read outside the device");
        if (offset + into.size() > bad_from) return fail(ErrorCode::device, "a bad sector");
        std::ranges::copy(*from, into.begin());
        return {};
    }
    [[nodiscard]] std::uint64_t size() const override { return content.size(); }

    /// Where a record with this identifier starts; its length byte is there (ECMA-119, 9.1).
    std::size_t record_of(std::string_view identifier) const {
        std::string wanted = static_cast<char>(identifier.size()) + std::string(identifier);
        std::size_t at = as_text(content).find(wanted, 17 * sector);
        EXPECT_NE(at, std::string_view::npos) << identifier;
        return at - 32;
    }
    template <class T>
    void put(std::size_t offset, T value) {
        std::memcpy(content.data() + offset, &value, sizeof(value));
    }

    std::vector<std::byte> content;
    std::uint64_t bad_from = ~0ULL;
    std::size_t reads = 0;
};

std::string pattern(std::size_t size) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 26 + i / 4096 % 3);
    return text;
}

const std::string long_name = std::string(180, 'l') + ".Long Name";
const std::string deep_path = "/d1/d2/d3/d4/d5/d6/d7/d8/d9/file";

/// Builds discs with xorriso, once for all tests.
class Discs {
public:
    static const Discs& instance() {
        static Discs discs;
        return discs;
    }
    Disc rock_ridge;
    Disc plain;
    Disc small;
    Disc joliet;

private:
    Discs() : rock_ridge({}), plain({}), small({}), joliet({}) {
        std::string name = (fs::temp_directory_path() / "iso9660-test-XXXXXX").string();
        folder_ = mkdtemp(name.data());
        fs::path tree = folder_ / "tree";
        add(tree / "boot/limine/limine.conf", "/Kernel\n");
        add(tree / "boot/Kernel-x86_64.elf", pattern(100000));
        add(tree / "boot/empty", "");
        add(tree / "README", "read me");
        rock_ridge = plain = small = make(tree, "-R -J");
        plain = make(tree, "--norock -iso-level 1");
        add(tree / "Gr\u00fc\u00dfe", "greetings");
        joliet = make(tree, "--norock -iso-level 1 -J -V LABEL");
        fs::remove(tree / "Gr\u00fc\u00dfe");

        add(tree / long_name, "long");
        add(tree / fs::path(deep_path).relative_path(), "deep");
        for (int i = 0; i < 200; ++i) add(tree / "many" / ("file number " + std::to_string(i)), std::to_string(i));
        fs::create_symlink("README", tree / "link");
        rock_ridge = make(tree, "-R");
        fs::remove_all(folder_);
    }
    static void add(const fs::path& path, const std::string& content) {
        fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << content;
    }
    Disc make(const fs::path& tree, const std::string& options) const {
        fs::path image = folder_ / "image.iso";
        fs::remove(image);
        std::string command = "xorriso -as mkisofs -quiet " + options + " -o '" + image.string() + "' '" +
                              tree.string() + "' > '" + (folder_ / "log").string() + "' 2>&1";
        if (std::system(command.c_str()) != 0) ADD_FAILURE() << "failed: " << command;
        std::ifstream file(image, std::ios::binary);
        std::vector<char> raw{std::istreambuf_iterator<char>(file), {}};
        auto bytes = std::as_bytes(std::span(raw));
        return Disc({bytes.begin(), bytes.end()});
    }
    fs::path folder_;
};

/// A volume on its own copy of a disc.
class Opened {
public:
    explicit Opened(const Disc& disc, std::size_t window = 65536)
        : disc_(std::make_unique<Disc>(disc)),
          window_(window),
          ahead_(window_),
          volume_(Iso9660::open(DeviceRegion(*disc_), ahead_)) {}
    Iso9660* operator->() { return &volume_.value(); }
    Iso9660& operator*() { return volume_.value(); }
    [[nodiscard]] const Result<Iso9660>& result() const { return volume_; }
    [[nodiscard]] const Disc& disc() const { return *disc_; }

    std::string content(std::string_view path, NameRule rule = NameRule::of_the_volume) {
        auto file = volume_->open(path, rule);
        if (!file) return "error: " + std::string(file.error().text);
        std::string text(file->size, ' ');
        auto done = volume_->read(*file, 0, std::as_writable_bytes(std::span(text)));
        return done ? text : "error: " + std::string(done.error().text);
    }

private:
    std::unique_ptr<Disc> disc_;
    std::vector<std::byte> window_;
    ReadAhead ahead_;
    Result<Iso9660> volume_;
};

Opened rock_ridge() { return Opened(Discs::instance().rock_ridge); }
Opened plain() { return Opened(Discs::instance().plain); }

TEST(Iso9660, files_are_found_by_their_rock_ridge_names) {
    Opened volume = rock_ridge();
    EXPECT_EQ(volume.content("/README"), "read me");
    EXPECT_EQ(volume.content("/boot/limine/limine.conf"), "/Kernel\n");
    EXPECT_EQ(volume.content("/boot/Kernel-x86_64.elf"), pattern(100000));
    EXPECT_EQ(volume.content("//boot//limine///limine.conf"), "/Kernel\n");
}

TEST(Iso9660, an_empty_file_is_a_file) {
    Opened volume = rock_ridge();
    auto file = volume->open("/boot/empty", NameRule::of_the_volume);
    ASSERT_TRUE(file);
    EXPECT_EQ(file->size, 0U);
    EXPECT_TRUE(volume->read(*file, 0, {}));
}

TEST(Iso9660, rock_ridge_names_have_case_unless_the_caller_says_otherwise) {
    Opened volume = rock_ridge();
    EXPECT_EQ(volume.content("/Boot/LIMINE/Limine.CONF"), "error: no such file");
    EXPECT_EQ(volume.content("/Boot/LIMINE/Limine.CONF", NameRule::any_case), "/Kernel\n");
}

TEST(Iso9660, a_disc_with_rock_ridge_does_not_answer_to_its_short_names) {
    Opened volume = rock_ridge();
    EXPECT_EQ(volume.content("/BOOT/KERNEL_X.ELF", NameRule::any_case), "error: no such file");
}

TEST(Iso9660, plain_names_have_no_case_no_version_and_no_trailing_dot) {
    Opened volume = plain();
    EXPECT_EQ(volume.content("/boot/limine/limine.con"), "/Kernel\n");
    EXPECT_EQ(volume.content("/BOOT/limine/LIMINE.CON"), "/Kernel\n");
    EXPECT_EQ(volume.content("/readme"), "read me");
    EXPECT_EQ(volume.content("/README.;1"), "error: no such file");
}

TEST(Iso9660, without_rock_ridge_the_names_of_joliet_are_found_and_the_plain_ones_still_are) {
    Opened volume(Discs::instance().joliet);
    EXPECT_EQ(volume.content("/boot/Kernel-x86_64.elf"), pattern(100000));
    EXPECT_EQ(volume.content("/BOOT/kernel-X86_64.elf"), pattern(100000));
    EXPECT_EQ(volume.content("/Gr\u00fc\u00dfe"), "greetings");
    EXPECT_EQ(volume.content("/boot/limine/limine.conf"), "/Kernel\n");
    EXPECT_EQ(volume.content("/BOOT/LIMINE/LIMINE.CON"), "/Kernel\n");
    EXPECT_EQ(volume.content("/boot/limine/limine.cnf"), "error: no such file");
}

TEST(Iso9660, the_label_is_the_volume_identifier) {
    EXPECT_EQ(Opened(Discs::instance().joliet)->label(), "LABEL");
    EXPECT_EQ(rock_ridge()->label(), "ISOIMAGE");
}

TEST(Iso9660, long_names_that_go_on_in_a_continuation_area_are_whole) {
    Opened volume = rock_ridge();
    EXPECT_EQ(volume.content("/" + long_name), "long");
    EXPECT_EQ(volume.content("/" + long_name.substr(0, 100)), "error: no such file");
    EXPECT_EQ(volume.content("/" + std::string(1000, 'l')), "error: no such file");
}

TEST(Iso9660, directories_of_many_sectors_and_deep_ones_are_searched_whole) {
    for (std::size_t window : {4096U, 6000U, 65536U}) {
        Opened volume(Discs::instance().rock_ridge, window);
        for (int i : {0, 99, 199})
            EXPECT_EQ(volume.content("/many/file number " + std::to_string(i)), std::to_string(i)) << window;
        EXPECT_EQ(volume.content("/many/file number 200"), "error: no such file");
        EXPECT_EQ(volume.content(deep_path), "deep");
        EXPECT_EQ(volume.content("/" + long_name), "long");
    }
}

TEST(Iso9660, what_is_not_a_file_is_refused) {
    Opened volume = rock_ridge();
    EXPECT_EQ(volume.content("/boot"), "error: not a file but a directory");
    EXPECT_EQ(volume.content("/"), "error: not a file but a directory");
    EXPECT_EQ(volume.content("/README/limine.conf"), "error: no such file");
    EXPECT_EQ(volume.content("/boot/../README"), "error: no such file");
    EXPECT_EQ(volume.content("/./README"), "error: no such file");
    EXPECT_EQ(volume.content(std::string("/\0", 2)), "error: no such file");
    EXPECT_EQ(volume->open("/boot", NameRule::any_case).error().code, ErrorCode::not_found);
    EXPECT_EQ(volume.content("/link"), "error: this loader does not follow symbolic links on a disc");
}

TEST(Iso9660, an_error_names_the_path_that_was_asked_for) {
    EXPECT_EQ(rock_ridge()->open("/boot/missing", NameRule::any_case).error().subject, "/boot/missing");
}

TEST(Iso9660, any_part_of_a_file_can_be_read_and_nothing_beyond_it) {
    Opened volume = rock_ridge();
    auto file = volume->open("/boot/Kernel-x86_64.elf", NameRule::of_the_volume);
    ASSERT_TRUE(file);
    std::string part(5000, ' ');
    ASSERT_TRUE(volume->read(*file, 1234, std::as_writable_bytes(std::span(part))));
    EXPECT_EQ(part, pattern(100000).substr(1234, 5000));
    EXPECT_TRUE(volume->read(*file, 100000 - 5000, std::as_writable_bytes(std::span(part))));
    EXPECT_FALSE(volume->read(*file, 100000 - 4999, std::as_writable_bytes(std::span(part))));
    EXPECT_FALSE(volume->read(*file, ~0ULL, std::as_writable_bytes(std::span(part))));
}

constexpr std::array<std::string_view, 1> efi_boot{"/EFI/BOOT"};

TEST(Iso9660, a_boot_needs_one_read_for_all_directories) {
    Opened volume(Discs::instance().small);
    FakeVolumes volumes({&*volume});
    auto found = find_configuration(volumes, efi_boot);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->path.text(), "/boot/limine/limine.conf");
    ASSERT_TRUE(volume->open("/boot/Kernel-x86_64.elf", NameRule::of_the_volume));
    EXPECT_EQ(volume.disc().reads, 1U);
}

TEST(Iso9660, reading_ahead_into_a_bad_spot_is_no_failure) {
    Disc disc = Discs::instance().small;
    disc.bad_from = disc.record_of("README.;1") / sector * sector + sector;
    Opened volume(disc);
    ASSERT_TRUE(volume.result());
    EXPECT_TRUE(volume->open("/README", NameRule::of_the_volume));
}

TEST(Iso9660, other_content_is_no_iso_9660) {
    for (std::size_t size : {0U, 1U, 512U, 16U * 2048U, 17U * 2048U, 100U * 2048U}) {
        Opened volume{Disc(std::vector<std::byte>(size))};
        ASSERT_FALSE(volume.result()) << size;
        EXPECT_EQ(volume.result().error().code, ErrorCode::not_found) << size;
    }
}

TEST(Iso9660, the_primary_descriptor_may_come_after_others) {
    Disc disc = Discs::instance().plain;
    // The one behind it, which ends the list, is overwritten too: the primary one itself is the last.
    std::copy_n(disc.content.begin() + 16 * sector, sector, disc.content.begin() + 17 * sector);
    disc.put(16 * sector, std::uint8_t{0});
    EXPECT_EQ(Opened(disc).content("/readme"), "read me");
}

TEST(Iso9660, a_list_of_descriptors_without_a_primary_one_ends) {
    Disc disc(std::vector<std::byte>(200 * sector));
    for (std::size_t i = 16; i < 200; ++i) std::memcpy(disc.content.data() + i * sector, "\2CD001\1", 7);
    EXPECT_EQ(Opened(disc).result().error().code, ErrorCode::not_found);
}

/// The result of opening /README after `change` was made to its record, which starts at `at`.
template <class Change>
std::string after(Change change) {
    Disc disc = Discs::instance().small;
    change(disc, disc.record_of("README.;1"));
    return Opened(disc).content("/README");
}

TEST(Iso9660, a_malformed_record_is_refused) {
    const std::string malformed = "error: a directory record on the disc is malformed";
    EXPECT_EQ(after([](Disc& disc, std::size_t at) { disc.put(at, std::uint8_t{1}); }), malformed);
    EXPECT_EQ(after([](Disc& disc, std::size_t at) { disc.put(at + 32, std::uint8_t{255}); }), malformed);
    EXPECT_EQ(after([](Disc& disc, std::size_t at) { disc.put(at + 32, std::uint8_t{0}); }), malformed);
}

TEST(Iso9660, a_zero_length_ends_the_sector) {
    EXPECT_EQ(after([](Disc& disc, std::size_t at) { disc.put(at, std::uint8_t{0}); }), "error: no such file");
}

TEST(Iso9660, a_record_that_crosses_a_sector_is_refused) {
    Disc disc = Discs::instance().small;
    std::size_t root = *read_at<std::uint32_t>(disc.content, 16 * sector + 158) * sector;
    // The directory's first record of the second sector is its 255 bytes' worth of the first one's end.
    std::size_t at = root;
    while (std::to_integer<std::size_t>(disc.content[at]) != 0) at += std::to_integer<std::size_t>(disc.content[at]);
    for (; at + 100 < root + sector; at += 34) {
        disc.put(at, std::uint8_t{34});
        disc.put(at + 32, std::uint8_t{1});
    }
    disc.put(at, std::uint8_t{255});
    EXPECT_EQ(Opened(disc).content("/ZZZ"), "error: a directory record on the disc crosses a sector");
}

TEST(Iso9660, a_file_beyond_the_end_of_the_disc_is_refused) {
    const std::string beyond = "error: the disc ends before this file does";
    EXPECT_EQ(after([](Disc& disc, std::size_t at) { disc.put(at + 2, ~std::uint32_t{0}); }), beyond);
    EXPECT_EQ(after([](Disc& disc, std::size_t at) { disc.put(at + 10, ~std::uint32_t{0}); }), beyond);
}

TEST(Iso9660, a_file_in_several_pieces_is_refused) {
    const std::string pieces = "error: this loader does not read files on a disc that are in several pieces";
    EXPECT_EQ(after([](Disc& disc, std::size_t at) { disc.put(at + 25, std::uint8_t{0x80}); }), pieces);
    EXPECT_EQ(after([](Disc& disc, std::size_t at) { disc.put(at + 26, std::uint8_t{1}); }), pieces);
}

TEST(Iso9660, the_data_of_a_file_starts_behind_its_extended_attributes) {
    EXPECT_EQ(after([](Disc& disc, std::size_t at) {
                  disc.put(at + 2, *read_at<std::uint32_t>(disc.content, at + 2) - 1);
                  disc.put(at + 1, std::uint8_t{1});
              }),
              "read me");
}

TEST(Iso9660, an_absurd_directory_is_refused) {
    Disc disc = Discs::instance().small;
    disc.put(16 * sector + 156 + 10, ~std::uint32_t{0});
    EXPECT_EQ(Opened(disc).content("/README"), "error: a directory on the disc is larger than this loader reads");
    disc.put(16 * sector + 156 + 10, std::uint32_t{2048});
    disc.put(16 * sector + 156 + 2, ~std::uint32_t{0});
    EXPECT_EQ(Opened(disc).result().error().text, "the disc's directories reach beyond its end");
}

TEST(Iso9660, a_directory_that_contains_itself_ends_with_the_path) {
    Disc disc = Discs::instance().small;
    std::uint32_t root = *read_at<std::uint32_t>(disc.content, 16 * sector + 158);
    disc.put(disc.record_of("BOOT") + 2, root);
    Opened volume(disc);
    std::string path;
    for (int i = 0; i < 1000; ++i) path += "/boot";
    EXPECT_EQ(volume.content(path + "/README"), "read me");
    EXPECT_EQ(volume.content(path), "error: not a file but a directory");
}

/// Points every continuation area of the disc (SUSP 5.1: a CE entry has 28 bytes and version 1) at its own entry, with
/// `size` bytes, and looks for what is not there.
std::string with_continuations_of(std::uint32_t size) {
    Disc disc = Discs::instance().rock_ridge;
    std::string_view text = as_text(disc.content);
    constexpr std::string_view ce("CE\x1c\1", 4);
    std::size_t changed = 0;
    for (std::size_t at = text.find(ce, 17 * sector); at != std::string_view::npos; at = text.find(ce, at + 28)) {
        disc.put(at + 4, static_cast<std::uint32_t>(at / sector));
        disc.put(at + 12, static_cast<std::uint32_t>(at % sector));
        disc.put(at + 20, size);
        ++changed;
    }
    EXPECT_GT(changed, 0U);
    return Opened(disc).content("/ZZZ");
}

TEST(Iso9660, a_continuation_area_that_continues_in_itself_is_refused) {
    EXPECT_EQ(with_continuations_of(28), "error: the disc's directories have an endless chain of continuation areas");
}

TEST(Iso9660, a_continuation_area_longer_than_a_sector_is_refused) {
    EXPECT_EQ(with_continuations_of(2049), "error: a continuation area of the disc's directories is too long");
}

TEST(Iso9660, a_truncated_disc_gives_errors_and_no_wrong_bytes) {
    const Disc& whole = Discs::instance().small;
    for (std::size_t size = 0; size < whole.content.size(); size += 1000) {
        Opened volume{Disc({whole.content.begin(), whole.content.begin() + static_cast<std::ptrdiff_t>(size)})};
        if (!volume.result()) continue;
        std::string content = volume.content("/boot/Kernel-x86_64.elf");
        EXPECT_TRUE(content.starts_with("error: ") || content == pattern(100000)) << size;
    }
}

/// Looks for what is there and what is not. Whatever comes back, it must come back, and soon.
void exercise(const Disc& disc) {
    Opened volume(disc, 4096);
    if (!volume.result()) return;
    for (const char* path : {"/README", "/boot/limine/limine.conf", "/boot/empty", "/none", "/boot/limine/none"}) {
        auto file = volume->open(path, NameRule::any_case);
        if (!file) continue;
        std::array<std::byte, 64> some;
        auto part = MutableBytes(some).first(std::min<std::size_t>(64, file->size));
        EXPECT_TRUE(volume->read(*file, 0, part)) << path;
    }
    EXPECT_LT(volume.disc().reads, 20000U);
}

TEST(Iso9660, discs_with_a_wrong_byte_are_survived) {
    Disc disc = Discs::instance().small;
    disc.content.resize(std::min<std::size_t>(disc.content.size(), 40 * sector));
    std::mt19937 random(1);
    for (int round = 0; round < 4000; ++round) {
        std::size_t at = 16 * sector + random() % (disc.content.size() - 16 * sector);
        std::byte right = std::exchange(disc.content[at], static_cast<std::byte>(random()));
        exercise(disc);
        disc.content[at] = right;
    }
}

TEST(Iso9660, discs_with_many_wrong_bytes_in_records_are_survived) {
    const Disc& whole = Discs::instance().small;
    std::uint32_t root = *read_at<std::uint32_t>(whole.content, 16 * sector + 158);
    std::mt19937 random(2);
    for (int round = 0; round < 2000; ++round) {
        Disc disc({whole.content.begin(), whole.content.begin() + 40 * sector});
        for (unsigned i = random() % 40; i > 0; --i) {
            std::size_t at = root * sector + random() % (5 * sector);
            constexpr std::array<unsigned, 6> values{0, 1, 34, 127, 128, 255};
            disc.content[at] = static_cast<std::byte>(values[random() % values.size()]);
        }
        exercise(disc);
    }
}

}  // namespace
}  // namespace lintel::loader
