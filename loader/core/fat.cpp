// From the boot sector through directories and chains of clusters to a file's bytes.
// Invariant: a cluster's number is checked before anything is read by it.
#include "loader/core/fat.hpp"

#include <algorithm>
#include <bit>

#include "base/checked.hpp"
#include "loader/core/ascii.hpp"
#include "loader/core/file_name.hpp"

namespace lintel::loader {
namespace {

/// The start of the boot sector, the same for all widths.
struct BootSector {
    std::array<std::uint8_t, 11> before;
    std::array<std::uint8_t, 2> bytes_per_sector;
    std::uint8_t sectors_per_cluster;
    std::uint16_t reserved_sectors;
    std::uint8_t table_count;
    std::array<std::uint8_t, 2> root_entries;
    std::array<std::uint8_t, 2> sectors_16;
    std::uint8_t media;
    std::uint16_t table_sectors_16;
    std::array<std::uint8_t, 8> geometry;
    std::uint32_t sectors_32;
    std::uint32_t table_sectors_32;  // from here on FAT32 only
    std::array<std::uint8_t, 4> flags_and_version;
    std::uint32_t root_cluster;
};
static_assert(sizeof(BootSector) == 48 && offsetof(BootSector, table_sectors_16) == 22 &&
              offsetof(BootSector, sectors_32) == 32);

constexpr std::size_t boot_sector_size = 512;
constexpr std::size_t signature_offset = 510;
constexpr std::uint16_t signature = 0xaa55;

/// A directory entry.
struct Entry {
    std::array<char, 11> name;
    std::uint8_t attributes;
    std::array<std::uint8_t, 8> times;
    std::uint16_t cluster_high;
    std::array<std::uint8_t, 4> more_times;
    std::uint16_t cluster_low;
    std::uint32_t size;
};
static_assert(sizeof(Entry) == 32);

constexpr std::uint8_t attribute_label = 0x08;
constexpr std::uint8_t attribute_directory = 0x10;
constexpr std::uint8_t attributes_long_name = 0x0f;
constexpr char entry_free = '\xe5';

constexpr std::uint64_t most_entries = 65536;  // that a directory can have
constexpr std::uint32_t first_cluster = 2;
constexpr std::uint32_t fat12_limit = 4085;  // clusters
constexpr std::uint32_t fat16_limit = 65525;

constexpr auto no_fat = "the device holds no FAT file system";
constexpr auto broken_chain = "a chain of clusters on the FAT volume leads outside of it";

std::uint16_t number(const std::array<std::uint8_t, 2>& bytes) {
    return static_cast<std::uint16_t>(bytes[0] | bytes[1] << 8);
}

/// `name` as the 8.3 form stores it; nothing where it does not fit.
std::optional<std::array<char, 11>> short_name(std::string_view name) {
    std::size_t dot = name.rfind('.');
    std::string_view base = name.substr(0, dot);
    std::string_view extension = dot == std::string_view::npos ? "" : name.substr(dot + 1);
    auto fits = [](std::string_view part, std::size_t limit) {
        return part.size() <= limit &&
               std::ranges::all_of(part, [](char c) { return c > ' ' && c < 0x7f && c != '.'; });
    };
    if (base.empty() || name.ends_with('.') || !fits(base, 8) || !fits(extension, 3)) return std::nullopt;
    std::array<char, 11> stored;
    stored.fill(' ');
    auto to_uppercase = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
    std::ranges::transform(base, stored.begin(), to_uppercase);
    std::ranges::transform(extension, stored.begin() + 8, to_uppercase);
    return stored;
}

/// Of a short name, which every part of its long name repeats.
std::uint8_t checksum(const std::array<char, 11>& name) {
    std::uint8_t sum = 0;
    for (char c : name) sum = static_cast<std::uint8_t>(std::rotr(sum, 1) + static_cast<std::uint8_t>(c));
    return sum;
}

}  // namespace

/// The parts come last first, each with its number and 13 units, ahead of the entry that they name.
class Fat::LongName {
public:
    void add(Bytes part) {
        constexpr std::uint8_t last = 0x40;
        constexpr std::array<std::uint8_t, 13> unit_offsets{1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
        auto order = copy_at<std::uint8_t>(part, 0);
        auto sum = copy_at<std::uint8_t>(part, 13);
        unsigned index = order & 0x3fU;
        if ((order & last) != 0) {
            expected_ = index;
            checksum_ = sum;
            units_.fill(u'\0');
        }
        if (index == 0 || index != expected_ || sum != checksum_ || index * 13 > units_.size()) {
            forget();
            return;
        }
        for (std::size_t i = 0; i < unit_offsets.size(); ++i)
            units_[(index - 1) * 13 + i] = copy_at<char16_t>(part, unit_offsets[i]);
        --expected_;
        complete_ = expected_ == 0;
    }
    void forget() {
        expected_ = 0;
        complete_ = false;
    }
    /// The name of the entry that comes next; empty where it has none.
    [[nodiscard]] Utf8Name of(const std::array<char, 11>& name) const {
        Utf8Name text;
        if (!complete_ || checksum_ != checksum(name)) return text;
        auto end = std::ranges::find(units_, u'\0');
        write_utf16(text, std::span(units_.begin(), end));
        return text;
    }

private:
    std::array<char16_t, 260> units_{};
    unsigned expected_ = 0;
    std::uint8_t checksum_ = 0;
    bool complete_ = false;
};

Result<Fat> Fat::open(const DeviceRegion& region, ReadAhead& ahead, const VolumeIdentity& identity) {
    if (!region.has(0, boot_sector_size)) return fail(ErrorCode::not_found, no_fat);
    Fat volume(region, ahead, identity);
    Bytes sector = TRY(ahead.peek(region, 0, boot_sector_size));
    TRY(volume.read_boot_sector(sector));
    TRY(volume.read_label());
    return volume;
}

Status Fat::read_boot_sector(Bytes sector) {
    auto boot = copy_at<BootSector>(sector, 0);
    std::uint64_t sector_size = number(boot.bytes_per_sector);
    // What is not even this is something else, or nothing.
    if (copy_at<std::uint16_t>(sector, signature_offset) != signature || !std::has_single_bit(sector_size) ||
        sector_size < 512 || sector_size > 4096 || !std::has_single_bit(boot.sectors_per_cluster) ||
        boot.reserved_sectors == 0 || boot.table_count == 0 || boot.media < 0xf0)
        return fail(ErrorCode::not_found, no_fat);

    std::uint64_t sectors = number(boot.sectors_16) != 0 ? number(boot.sectors_16) : boot.sectors_32;
    bool wide = boot.table_sectors_16 == 0;
    std::uint64_t table_sectors = wide ? boot.table_sectors_32 : boot.table_sectors_16;
    root_size_ = std::uint64_t{number(boot.root_entries)} * sizeof(Entry);
    std::uint64_t root_sectors = (root_size_ + sector_size - 1) / sector_size;
    std::uint64_t root_start = boot.reserved_sectors + boot.table_count * table_sectors;
    if (table_sectors == 0 || root_start + root_sectors >= sectors)
        return fail(ErrorCode::malformed, "the FAT volume has no room for files");

    table_ = boot.reserved_sectors * sector_size;
    root_ = root_start * sector_size;
    data_ = (root_start + root_sectors) * sector_size;
    cluster_size_ = static_cast<std::uint32_t>(boot.sectors_per_cluster * sector_size);
    std::uint64_t clusters = (sectors - root_start - root_sectors) / boot.sectors_per_cluster;
    width_ = wide ? Width::fat32 : clusters < fat12_limit ? Width::fat12 : Width::fat16;
    // Clusters that the table has no room for cannot be used.
    std::uint64_t table_bits = table_sectors * sector_size * 8;
    std::uint64_t entries = table_bits / (wide ? 32 : width_ == Width::fat16 ? 16 : 12);
    std::uint64_t limit = wide ? 0x0ffffff6 : fat16_limit + 1;
    last_cluster_ = static_cast<std::uint32_t>(std::min({clusters + 1, entries - 1, limit}));
    if (wide) root_cluster_ = boot.root_cluster;
    if (wide && root_cluster_ < first_cluster)
        return fail(ErrorCode::malformed, "the FAT volume has no root directory");
    return {};
}

std::uint64_t Fat::offset_of(std::uint32_t cluster) const {
    return data_ + std::uint64_t{cluster - first_cluster} * cluster_size_;
}

/// The cluster behind this one; 0 at the end of the chain.
Result<std::uint32_t> Fat::next_cluster(std::uint32_t cluster) {
    if (cluster < first_cluster || cluster > last_cluster_) return fail(ErrorCode::malformed, broken_chain);
    std::uint32_t next = 0, end = 0;
    switch (width_) {
        case Width::fat12: {
            auto pair = copy_at<std::uint16_t>(TRY(ahead_->peek(region_, table_ + cluster + cluster / 2, 2)), 0);
            next = cluster % 2 == 0 ? pair & 0xfffU : pair >> 4U;
            end = 0xff8;
            break;
        }
        case Width::fat16:
            next = copy_at<std::uint16_t>(TRY(ahead_->peek(region_, table_ + std::uint64_t{cluster} * 2, 2)), 0);
            end = 0xfff8;
            break;
        case Width::fat32:
            next = copy_at<std::uint32_t>(TRY(ahead_->peek(region_, table_ + std::uint64_t{cluster} * 4, 4)), 0);
            next &= 0x0fffffff;
            end = 0x0ffffff8;
            break;
    }
    if (next >= end) return 0;
    if (next < first_cluster || next > last_cluster_) return fail(ErrorCode::malformed, broken_chain);
    return next;
}

/// Goes along a file's chain once: it has to be long enough, and to end. Brent's way to see a circle.
Status Fat::check_chain(std::uint32_t first, std::uint64_t size) {
    std::uint64_t needed = (size + cluster_size_ - 1) / cluster_size_;
    if (needed == 0) return {};
    std::uint32_t cluster = first, remembered = 0;
    for (std::uint64_t steps = 1;; ++steps) {
        cluster = TRY(next_cluster(cluster));
        if (cluster == 0 && steps < needed)
            return fail(ErrorCode::malformed, "a file's chain of clusters on the FAT volume ends before the file does");
        if (cluster == 0) return {};
        if (cluster == remembered)
            return fail(ErrorCode::malformed, "a file's chain of clusters on the FAT volume runs in a circle");
        if (std::has_single_bit(steps)) remembered = cluster;
    }
}

/// Calls `visit(raw entry)` for each entry up to the directory's end, until one returns true.
template <class Visit>
Status Fat::for_each_entry(std::uint32_t directory, Visit visit) {
    bool fixed = directory == 0;
    std::uint64_t at = fixed ? root_ : 0, left = fixed ? root_size_ : 0;
    std::uint32_t cluster = directory;
    for (std::uint64_t seen = 0; seen < most_entries; ++seen, at += sizeof(Entry), left -= sizeof(Entry)) {
        if (left == 0) {
            if (fixed) return {};
            // The next cluster; before the first entry, the first one.
            if (seen != 0) cluster = TRY(next_cluster(cluster));
            if (cluster == 0) return {};
            if (cluster < first_cluster || cluster > last_cluster_) return fail(ErrorCode::malformed, broken_chain);
            at = offset_of(cluster);
            left = cluster_size_;
        }
        Bytes raw = TRY(ahead_->peek(region_, at, sizeof(Entry)));
        if (copy_at<char>(raw, 0) == '\0' || visit(raw)) return {};
    }
    if (fixed) return {};
    return fail(ErrorCode::malformed, "a directory on the FAT volume is larger than one can be, or runs in a circle");
}

Status Fat::read_label() {
    return for_each_entry(root_cluster_, [&](Bytes raw) {
        auto entry = copy_at<Entry>(raw, 0);
        if (entry.name[0] == entry_free ||
            (entry.attributes & (attribute_label | attribute_directory)) != attribute_label ||
            entry.attributes == attributes_long_name)
            return false;
        label_ = entry.name;
        std::string_view text(label_.data(), label_.size());
        label_size_ = text.find_last_not_of(' ') + 1;
        return true;
    });
}

Result<Fat::Found> Fat::find(std::uint32_t directory, std::string_view name, NameRule rule) {
    auto stored = short_name(name);
    bool any_case = stored || rule == NameRule::any_case;
    std::optional<Found> found;
    LongName long_name;
    TRY(for_each_entry(directory, [&](Bytes raw) {
        auto entry = copy_at<Entry>(raw, 0);
        if (entry.name[0] == entry_free) {
            long_name.forget();
            return false;
        }
        if (entry.attributes == attributes_long_name) {
            long_name.add(raw);
            return false;
        }
        auto its_long_name = long_name.of(entry.name);
        long_name.forget();
        if ((entry.attributes & attribute_label) != 0) return false;
        bool same = stored == entry.name ||
                    (any_case ? equal_ignoring_case(its_long_name.text(), name) : its_long_name.text() == name);
        if (!same) return false;
        std::uint32_t high = width_ == Width::fat32 ? entry.cluster_high : 0;
        found = Found{.cluster = high << 16 | entry.cluster_low,
                      .size = entry.size,
                      .is_directory = (entry.attributes & attribute_directory) != 0};
        return true;
    }));
    if (!found) return fail(ErrorCode::not_found, "there is no such file");
    return *found;
}

Result<OpenFile> Fat::open(std::string_view path, NameRule rule) {
    auto named = [&](const Error& error) { return fail_about(error, path); };
    std::string_view rest = without_slashes(path);
    Found place{.cluster = root_cluster_, .size = 0, .is_directory = true};
    while (!rest.empty()) {
        if (!place.is_directory) return fail(ErrorCode::not_found, "there is no such file", path);
        std::string_view name = take_name(rest);
        // A directory's own entries for itself and its parent are no names.
        if (name == "." || name == "..") return fail(ErrorCode::not_found, "there is no such file", path);
        auto found = find(place.cluster, name, rule);
        if (!found) return named(found.error());
        place = *found;
        if (place.is_directory && place.cluster == 0)
            return fail(ErrorCode::malformed, "a directory on the FAT volume has no clusters", path);
        rest = without_slashes(rest);
    }
    if (place.is_directory) return fail(ErrorCode::not_found, "this is a directory, not a file", path);
    if (auto sound = check_chain(place.cluster, place.size); !sound) return named(sound.error());
    return OpenFile{.size = place.size, .location = place.cluster};
}

Status Fat::read(const OpenFile& file, std::uint64_t offset, MutableBytes into) {
    if (offset > file.size || into.size() > file.size - offset)
        return fail(ErrorCode::malformed, "a read beyond the end of a file");
    auto first = static_cast<std::uint32_t>(file.location);
    std::uint64_t wanted = offset / cluster_size_;
    if (place_.first != first || place_.number > wanted || place_.cluster == 0)
        place_ = {.first = first, .number = 0, .cluster = first};
    auto step = [&]() -> Status {
        place_.cluster = TRY(next_cluster(place_.cluster));
        ++place_.number;
        return {};
    };
    while (place_.number < wanted) TRY(step());

    // Clusters that lie side by side are read at once.
    std::uint64_t skip = offset % cluster_size_;
    while (!into.empty()) {
        std::uint32_t start = place_.cluster;
        std::uint64_t length = cluster_size_ - skip;
        while (length < into.size()) {
            std::uint32_t before = place_.cluster;
            TRY(step());
            if (place_.cluster != before + 1) break;
            length += cluster_size_;
        }
        if (start < first_cluster) return fail(ErrorCode::malformed, broken_chain);
        length = std::min<std::uint64_t>(length, into.size());
        TRY(region_.read(offset_of(start) + skip, into.first(length)));
        into = into.subspan(length);
        skip = 0;
    }
    return {};
}

}  // namespace lintel::loader
