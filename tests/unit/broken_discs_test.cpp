// Discs that no program would write, made by hand: a root directory with a handful of records, and one thing wrong.
#include <algorithm>
#include <array>
#include <concepts>
#include <cstring>
#include <vector>

#include "broken_inputs.hpp"
#include "loader/core/iso9660.hpp"

namespace lintel::loader {
namespace {

constexpr std::size_t sector = Iso9660::sector_size;
constexpr std::uint32_t continuation_sector = 20;
constexpr std::uint32_t file_sector = 30;
constexpr std::uint32_t small_disc = file_sector + 2;  // sectors; a larger root directory lies behind them

constexpr std::size_t start_of(std::uint32_t number) { return number * sector; }

using Content = std::vector<std::byte>;

/// ECMA-119, 9.1, with a system use area.
struct DirectoryRecord {
    std::string name;
    std::uint32_t block = file_sector;
    std::uint32_t size = 7;
    std::uint8_t flags = 0;
    std::string system_use{};
    std::uint8_t extended_attributes = 0;

    [[nodiscard]] std::string bytes() const {
        std::string raw(33, '\0');
        raw[1] = static_cast<char>(extended_attributes);
        std::memcpy(raw.data() + 2, &block, 4);
        std::memcpy(raw.data() + 10, &size, 4);
        raw[25] = static_cast<char>(flags);
        raw[32] = static_cast<char>(name.size());
        raw += name;
        if (raw.size() % 2 != 0) raw += '\0';
        raw += system_use;
        raw[0] = static_cast<char>(raw.size());
        return raw;
    }
};

constexpr std::uint8_t directory = 2;
constexpr std::uint8_t associated = 4;

/// A disc whose root directory starts with itself and its parent.
class Disc final : public BlockDevice {
public:
    explicit Disc(std::uint32_t root_size = sector)
        : root_sector(root_size > sector ? small_disc : 18),
          content_((small_disc + (root_size > sector ? root_size / sector + 1 : 0)) * sector) {
        put_text(16 * sector, "\1CD001\1");
        put<std::uint16_t>(16 * sector + 128, sector);
        put_text(16 * sector + 156, DirectoryRecord{std::string(1, '\0'), root_sector, root_size, directory}.bytes());
        put_text(17 * sector,
                 "\xff"
                 "CD001\1");
        // SUSP 5.3: the SP entry says that the others are there.
        add({std::string(1, '\0'), root_sector, root_size, directory, "SP\7\1\xbe\xef" + std::string(1, '\0')});
        add({"\1", root_sector, root_size, directory});
    }
    Disc& add(const DirectoryRecord& record) { return add_raw(record.bytes()); }
    Disc& add_raw(std::string_view bytes) {
        put_text(root_sector * sector + used_, bytes);
        used_ += bytes.size();
        return *this;
    }
    Disc& put_text(std::size_t offset, std::string_view bytes) {
        std::ranges::copy(as_bytes(bytes), content_.begin() + static_cast<std::ptrdiff_t>(offset));
        return *this;
    }
    template <std::unsigned_integral T>
    Disc& put(std::size_t offset, T value) {
        std::memcpy(content_.data() + offset, &value, sizeof value);
        return *this;
    }
    /// As many copies of `record` as fit in each of the root directory's sectors but the first.
    Disc& fill(std::uint32_t sectors, const DirectoryRecord& record) {
        std::string bytes = record.bytes();
        for (std::uint32_t i = 1; i < sectors; ++i)
            for (std::size_t at = 0; at + bytes.size() <= sector; at += bytes.size())
                put_text((root_sector + i) * sector + at, bytes);
        return *this;
    }
    Disc& cut_to(std::size_t size) {
        content_.resize(size);
        return *this;
    }

    Status read(std::uint64_t offset, MutableBytes into) override {
        bytes_read += into.size();
        auto from = slice(content_, offset, into.size());
        EXPECT_TRUE(from) << "a read leaves the disc";
        if (from) std::ranges::copy(*from, into.begin());
        return {};
    }
    [[nodiscard]] std::uint64_t size() const override { return content_.size(); }

    std::uint32_t root_sector;
    std::uint64_t bytes_read = 0;

private:
    Content content_;
    std::size_t used_ = 0;
};

std::string look_for(Disc& disc, std::string_view path) {
    std::array<std::byte, 2 * sector> window;
    ReadAhead ahead(window);
    auto volume = Iso9660::open(DeviceRegion(disc), ahead);
    return volume ? outcome_of(volume->open(path, NameRule::of_the_volume)) : outcome_of(volume);
}

std::function<std::string()> disc(Disc disc, std::string_view path = "/F") {
    return [=]() mutable { return look_for(disc, path); };
}

/// An entry that goes on at `offset` of a sector (SUSP 5.1).
std::string continued_at(std::uint32_t block, std::uint32_t offset, std::uint32_t size) {
    std::string entry = "CE\x1c\1" + std::string(24, '\0');
    std::memcpy(entry.data() + 4, &block, 4);
    std::memcpy(entry.data() + 12, &offset, 4);
    std::memcpy(entry.data() + 20, &size, 4);
    return entry;
}

Disc with_record(const DirectoryRecord& record) { return Disc().add(record); }
Disc with_system_use(std::string_view entries) {
    return with_record({.name = "F", .system_use = std::string(entries)});
}

/// `length` entries in as many sectors, each continued in the next.
Disc with_chain(std::uint32_t length) {
    Disc disc = with_system_use(continued_at(continuation_sector, 0, 28));
    for (std::uint32_t i = 0; i + 1 < length; ++i)
        disc.put_text(start_of(continuation_sector + i), continued_at(continuation_sector + 1 + i, 0, 28));
    return disc;
}

constexpr std::uint32_t most_sectors = 512;  // a directory of a megabyte
constexpr const char* no_iso = "the device holds no ISO 9660 file system";
constexpr const char* no_file = "no such file";
constexpr const char* malformed = "a directory record on the disc is malformed";
constexpr const char* directory_beyond = "the disc's directories reach beyond its end";
constexpr const char* file_beyond = "the disc ends before this file does";
constexpr const char* endless = "the disc's directories have an endless chain of continuation areas";

const BrokenInput discs[] = {
    {"sound", "accepted", disc(with_record({"F"}))},
    {"ends_before_its_descriptor", no_iso, disc(Disc().cut_to(16 * sector))},
    {"ends_in_its_descriptor", no_iso, disc(Disc().cut_to(17 * sector - 1))},
    {"has_another_standard", no_iso, disc(Disc().put_text(16 * sector, "\1CDI01\1"))},
    {"starts_with_the_end_of_descriptors", no_iso, disc(Disc().put_text(16 * sector, "\xff"))},
    {"has_blocks_of_0", "the disc's ISO 9660 file system has an impossible block size 0",
     disc(Disc().put<std::uint16_t>(16 * sector + 128, 0))},
    {"has_blocks_of_4096", "the disc's ISO 9660 file system has an impossible block size 4096",
     disc(Disc().put<std::uint16_t>(16 * sector + 128, 4096))},
    {"has_a_root_without_a_name", malformed, disc(Disc().put<std::uint8_t>(16 * sector + 156 + 32, 0))},
    {"has_a_root_with_too_long_a_name", malformed, disc(Disc().put<std::uint8_t>(16 * sector + 156 + 32, 2))},
    {"has_an_empty_root", no_file, disc(Disc(0).add({"F"}))},
    {"has_a_root_behind_its_end", directory_beyond, disc(Disc().cut_to(18 * sector))},
    {"has_a_root_that_is_cut_off", directory_beyond, disc(Disc(2 * sector).cut_to((small_disc + 1) * sector + 1))},
    {"has_a_root_of_zeroes", "the disc's root directory does not start with itself",
     disc(Disc().put<std::uint8_t>(18 * sector, 0))},
    {"has_a_root_of_a_megabyte_and_a_byte", "a directory on the disc is larger than this loader reads 1048577",
     disc(Disc((1 << 20) + 1))},
    {"has_a_directory_inside_its_descriptor", malformed, disc(with_record({"F", 16, sector, directory}), "/F/F")},
    {"has_a_directory_of_4_gigabytes", "a directory on the disc is larger than this loader reads 4294967295",
     disc(with_record({"F", 18, ~0U, directory}), "/F/F")},
    {"has_a_directory_behind_its_end", directory_beyond,
     disc(with_record({"F", ~0U, sector, directory, "", 255}), "/F/F")},
    {"has_a_directory_that_ends_within_a_record", "a directory record on the disc crosses a sector",
     disc(Disc(41 + 34 + 33).add({"F"}))},
    {"has_a_record_without_room_for_a_name", malformed,
     disc(Disc().add_raw(std::string("\x21") + std::string(40, 'F')))},
    {"has_a_name_that_leaves_its_record", malformed, disc(Disc().add_raw("\x22" + std::string(31, '\0') + "\2FF"))},
    {"has_an_associated_file", no_file, disc(with_record({"F", file_sector, 7, associated}))},
    {"has_a_file_up_to_its_end", "accepted", disc(with_record({"F", file_sector, 2 * sector}))},
    {"has_a_file_of_a_byte_too_many", file_beyond, disc(with_record({"F", file_sector, 2 * sector + 1}))},
    {"has_a_file_at_the_last_block", file_beyond, disc(with_record({"F", ~0U, 0x80000000, 0, "", 255}))},
    {"has_an_empty_file_nowhere", "accepted", disc(with_record({"F", ~0U, 0}))},
    {"has_a_file_that_is_a_folder_on_the_way", no_file, disc(with_record({"F"}), "/F/F")},
    {"has_an_entry_of_no_size", "accepted", disc(with_system_use(std::string("NM\0\1\0G", 6)))},
    {"has_an_entry_that_leaves_its_area", "accepted", disc(with_system_use(std::string("NM\x7\1\0G", 6)))},
    {"has_a_name_of_no_letters", "accepted", disc(with_system_use(std::string("NM\5\1\0", 5)))},
    {"has_entries_behind_the_end_of_entries", "accepted", disc(with_system_use(std::string("ST\4\1NM\6\1\0G", 10)))},
    {"has_a_name_in_many_pieces", "accepted",
     disc(with_system_use(std::string("NM\6\1\1FNM\6\1\1ONM\6\1\0O", 18)), "/FOO")},
    {"has_a_symbolic_link", "this loader does not follow symbolic links on a disc",
     disc(with_system_use(std::string("SL\5\1\0", 5)))},
    {"has_a_relocated_directory", "this loader does not follow relocated directories (Rock Ridge CL) on a disc",
     disc(with_system_use("CL\xc\1" + std::string(8, '\0')))},
    {"has_a_compressed_file", "this loader does not read compressed files (zisofs)",
     disc(with_system_use("ZF\x10\1" + std::string(12, '\0')))},
    {"has_a_skip_beyond_the_records", "accepted",
     disc(with_record({"F"}).put<std::uint8_t>(18 * sector + 34 + 6, 255))},
    {"has_half_a_continuation_entry", "accepted", disc(with_system_use("CE\x1b\1" + std::string(23, '\xff')))},
    {"has_a_continuation_behind_its_end", directory_beyond, disc(with_system_use(continued_at(file_sector + 2, 0, 1)))},
    {"has_a_continuation_where_numbers_end", directory_beyond, disc(with_system_use(continued_at(~0U, ~0U, 2048)))},
    {"has_a_continuation_of_no_size", "accepted", disc(with_system_use(continued_at(continuation_sector, 0, 0)))},
    {"has_a_continuation_of_zeroes", "accepted", disc(with_system_use(continued_at(continuation_sector, 0, 2048)))},
    {"has_a_chain_of_as_many_continuations_as_may_be", "accepted", disc(with_chain(8))},
    {"has_a_chain_of_one_continuation_too_many", endless, disc(with_chain(9))},
    {"has_two_continuations_that_lead_to_each_other", endless,
     disc(with_chain(2)
              .put_text(start_of(continuation_sector + 1), continued_at(continuation_sector, 0, 28))
              .put_text(start_of(continuation_sector), continued_at(continuation_sector + 1, 0, 28)))},
    {"has_thousands_of_records", no_file, disc(Disc(most_sectors* sector).fill(most_sectors, {"G"}))},
};

INSTANTIATE_TEST_SUITE_P(Disc, BrokenInputs, ::testing::ValuesIn(discs), row_name);

TEST(Iso9660, a_directory_is_read_once_however_its_records_are_continued) {
    Disc disc(most_sectors * sector);
    disc.put_text(file_sector * sector, "NM\6\1" + std::string(1, '\0') + "H");
    disc.fill(most_sectors, {.name = "G", .system_use = continued_at(file_sector, 0, 6)});
    EXPECT_EQ(look_for(disc, "/F"), no_file);
    EXPECT_LT(disc.bytes_read, 2 * most_sectors * sector);
}

}  // namespace
}  // namespace lintel::loader
