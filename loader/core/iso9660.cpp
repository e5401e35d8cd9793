// Walking directory records from the disc's root to a file.
// Invariant: bytes of the disc are looked at through peek() and copy() only, which keep to it. Only peek() changes what
// was read ahead, and no record is looked at any more once it does.
#include "loader/core/iso9660.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/address.hpp"
#include "base/text.hpp"
#include "loader/core/ascii.hpp"
#include "loader/core/file_name.hpp"

namespace lintel::loader {
namespace {

constexpr std::uint64_t first_descriptor = 16;  // ECMA-119, 6.2.1: the sectors before are the system's
constexpr std::uint8_t descriptor_primary = 1;
constexpr std::uint8_t descriptor_supplementary = 2;
constexpr std::uint8_t descriptor_end = 255;
constexpr std::uint64_t descriptor_limit = 64;      // real discs have about four
constexpr std::uint64_t directory_limit = 1 << 20;  // bytes: some ten thousand files
constexpr std::size_t continuation_limit = 8;       // areas that one record's system use may go on in

// ECMA-119, 9.1: offsets in a directory record.
constexpr std::size_t record_header = 33;
constexpr std::size_t least_record = 34;

// ECMA-119, 9.1.6: file flags.
constexpr std::uint8_t flag_directory = 0x02;
constexpr std::uint8_t flag_associated = 0x04;
constexpr std::uint8_t flag_multi_extent = 0x80;

std::uint8_t byte_at(Bytes bytes, std::size_t offset) { return std::to_integer<std::uint8_t>(bytes[offset]); }

/// ECMA-119, 7.5: the name without its version, and without the '.' that stands there for a missing extension.
std::string_view plain_name(std::string_view identifier) {
    if (std::size_t semicolon = identifier.rfind(';'); semicolon != std::string_view::npos)
        identifier = identifier.substr(0, semicolon);
    if (identifier.ends_with('.')) identifier.remove_suffix(1);
    return identifier;
}

std::unexpected<Error> beyond_the_end() {
    return fail(ErrorCode::malformed, "the disc's directories reach beyond its end");
}

/// A Joliet identifier, which is UCS-2, its high bytes first.
Utf8Name joliet_name(std::string_view identifier) {
    Utf8Name name;
    for (std::size_t i = 0; i + 1 < identifier.size(); i += 2) {
        auto high = static_cast<unsigned char>(identifier[i]), low = static_cast<unsigned char>(identifier[i + 1]);
        const char16_t unit = static_cast<char16_t>(high << 8 | low);
        write_utf16(name, {&unit, 1});
    }
    return name;
}

/// Whether a supplementary descriptor is Joliet's: by its escape sequence (Joliet 1.0, "SVD Escape Sequences Field").
bool is_joliet(Bytes descriptor) {
    std::string_view escape = as_text(descriptor.subspan(88, 3));
    return escape == "%/@" || escape == "%/C" || escape == "%/E";
}

}  // namespace

struct Iso9660::Record {
    Extent extent{};
    std::uint8_t flags = 0;
    bool interleaved = false;
    std::string_view identifier{};
    Bytes system_use{};

    [[nodiscard]] bool is_directory() const { return (flags & flag_directory) != 0; }
    /// The records of the directory itself and of its parent (ECMA-119, 6.8.2.2).
    [[nodiscard]] bool is_self_or_parent() const {
        return identifier.size() == 1 && (identifier[0] == '\0' || identifier[0] == '\1');
    }
};

struct Iso9660::RockRidge {
    TextBuffer<longest_name + 1> name{};
    bool symbolic_link = false;
    bool relocated = false;
    bool compressed = false;
};

Result<Iso9660> Iso9660::open(const DeviceRegion& region, ReadAhead& ahead, const VolumeIdentity& identity) {
    Iso9660 volume(region, ahead, identity);
    TRY(volume.read_descriptors());
    TRY(volume.detect_rock_ridge());
    return volume;
}

/// Finds the primary volume descriptor (ECMA-119, 8.4), and Joliet's behind it.
Status Iso9660::read_descriptors() {
    bool found = false;
    for (std::uint64_t i = 0; i < descriptor_limit; ++i) {
        std::uint64_t offset = (first_descriptor + i) * sector_size;
        if (!region_.has(offset, sector_size)) break;
        Bytes descriptor = TRY(peek(offset, sector_size));
        std::uint8_t type = byte_at(descriptor, 0);
        if (as_text(descriptor.subspan(1, 5)) != "CD001" || type == descriptor_end) break;
        if (type == descriptor_primary && !found) {
            TRY(read_primary(descriptor));
            found = true;
        }
        if (type == descriptor_supplementary && found && is_joliet(descriptor))
            joliet_ = Tree{TRY(parse_record(descriptor.subspan(156, least_record))).extent, Names::joliet};
    }
    if (!found) return fail(ErrorCode::not_found, "the device holds no ISO 9660 file system");
    return {};
}

Status Iso9660::read_primary(Bytes descriptor) {
    block_size_ = copy_at<std::uint16_t>(descriptor, 128);
    if (block_size_ != 512 && block_size_ != 1024 && block_size_ != 2048)
        return fail(ErrorCode::malformed, "the disc's ISO 9660 file system has an impossible block size", {},
                    block_size_);
    primary_.root = TRY(parse_record(descriptor.subspan(156, least_record))).extent;
    label_ = copy_at<std::array<char, 32>>(descriptor, 40);
    label_size_ = std::string_view(label_.data(), label_.size()).find_last_not_of(' ') + 1;
    return {};
}

/// SUSP 5.3: the root's own record starts with an SP entry where system use areas are in this format at all.
Status Iso9660::detect_rock_ridge() {
    const Extent& root = primary_.root;
    if (root.size < least_record) return {};
    Bytes start = TRY(peek(root.offset, least_record));
    std::size_t length = byte_at(start, 0);
    if (length < least_record)
        return fail(ErrorCode::malformed, "the disc's root directory does not start with itself");
    Bytes raw = TRY(peek(root.offset, length));
    Bytes entry = TRY(parse_record(raw)).system_use;
    if (entry.size() >= 7 && as_text(entry.first(2)) == "SP" && byte_at(entry, 2) >= 7 && byte_at(entry, 4) == 0xbe &&
        byte_at(entry, 5) == 0xef) {
        primary_.names = Names::rock_ridge;
        system_use_skip_ = byte_at(entry, 6);
    }
    return {};
}

/// `length` bytes at `offset`, valid until the next call.
Result<Bytes> Iso9660::peek(std::uint64_t offset, std::size_t length) {
    if (!region_.has(offset, length)) return beyond_the_end();
    return ahead_->peek(region_, offset, length);
}

Status Iso9660::copy(std::uint64_t offset, MutableBytes into) {
    if (!region_.has(offset, into.size())) return beyond_the_end();
    return ahead_->copy(region_, offset, into);
}

/// ECMA-119, 9.1. `raw` has the length that the record claims.
Result<Iso9660::Record> Iso9660::parse_record(Bytes raw) const {
    constexpr auto broken = "a directory record on the disc is malformed";
    if (raw.size() < least_record) return fail(ErrorCode::malformed, broken);
    std::size_t name_length = byte_at(raw, 32);
    auto name = slice(raw, record_header, name_length);
    if (name_length == 0 || !name) return fail(ErrorCode::malformed, broken);

    Record record;
    // The extent starts with the extended attribute record, where there is one.
    std::uint64_t block = std::uint64_t{*read_at<std::uint32_t>(raw, 2)} + byte_at(raw, 1);
    record.extent = {.offset = block * block_size_, .size = *read_at<std::uint32_t>(raw, 10)};
    record.flags = byte_at(raw, 25);
    record.interleaved = byte_at(raw, 26) != 0 || byte_at(raw, 27) != 0;
    record.identifier = as_text(*name);
    // A pad byte follows a name of even length.
    std::size_t system_use = record_header + name_length + (name_length % 2 == 0 ? 1 : 0);
    if (system_use < raw.size()) record.system_use = raw.subspan(system_use);
    return record;
}

/// Goes through the entries of a system use area (SUSP 4 and 5) and of the areas that continue it.
Status Iso9660::read_system_use(Bytes area, RockRidge& into) {
    std::array<std::byte, sector_size> continued;
    for (std::size_t areas = 0; areas <= continuation_limit; ++areas) {
        std::optional<Extent> next;
        while (area.size() >= 4) {
            std::string_view signature = as_text(area.first(2));
            std::size_t length = byte_at(area, 2);
            if (length < 4 || length > area.size() || signature == "ST") break;
            Bytes entry = area.first(length);
            area = area.subspan(length);
            if (signature == "NM" && length > 5) into.name.write(as_text(entry.subspan(5)));
            if (signature == "SL") into.symbolic_link = true;
            if (signature == "CL") into.relocated = true;
            if (signature == "ZF") into.compressed = true;
            if (signature == "CE" && length >= 28)
                next = Extent{.offset = std::uint64_t{*read_at<std::uint32_t>(entry, 4)} * block_size_ +
                                        *read_at<std::uint32_t>(entry, 12),
                              .size = *read_at<std::uint32_t>(entry, 20)};
        }
        if (!next) return {};
        if (next->size > sector_size)
            return fail(ErrorCode::malformed, "a continuation area of the disc's directories is too long");
        auto room = MutableBytes(continued).first(next->size);
        TRY(copy(next->offset, room));
        area = room;
    }
    return fail(ErrorCode::malformed, "the disc's directories have an endless chain of continuation areas");
}

/// The record in `raw`, if it has `name`.
Result<std::optional<Iso9660::Record>> Iso9660::match(Bytes raw, Names names, std::string_view name, NameRule rule) {
    Record record = TRY(parse_record(raw));
    if (record.is_self_or_parent() || (record.flags & flag_associated) != 0) return std::nullopt;

    RockRidge rock_ridge;
    if (names == Names::rock_ridge && system_use_skip_ <= record.system_use.size())
        TRY(read_system_use(record.system_use.subspan(system_use_skip_), rock_ridge));
    std::string_view real_name = rock_ridge.name.text();
    // CONFIG.md, "Paths": only the names of Rock Ridge have case.
    bool same = false;
    if (names == Names::joliet)
        same = equal_ignoring_case(plain_name(joliet_name(record.identifier).text()), name);
    else if (real_name.empty())
        same = equal_ignoring_case(plain_name(record.identifier), name);
    else
        same = rule == NameRule::any_case ? equal_ignoring_case(real_name, name) : real_name == name;
    if (!same) return std::nullopt;

    if (rock_ridge.symbolic_link)
        return fail(ErrorCode::unsupported, "this loader does not follow symbolic links on a disc");
    if (rock_ridge.relocated)
        return fail(ErrorCode::unsupported,
                    "this loader does not follow relocated directories (Rock Ridge CL) on a disc");
    if (rock_ridge.compressed)
        return fail(ErrorCode::unsupported, "this loader does not read compressed files (zisofs)");
    if (record.interleaved || (record.flags & flag_multi_extent) != 0)
        return fail(ErrorCode::unsupported, "this loader does not read files on a disc that are in several pieces");
    return record;
}

Result<Iso9660::Record> Iso9660::find(const Extent& directory, Names names, std::string_view name, NameRule rule) {
    if (directory.size > directory_limit)
        return fail(ErrorCode::unsupported, "a directory on the disc is larger than this loader reads", {},
                    directory.size);
    if (name.size() > longest_name) return fail(ErrorCode::not_found, "no such file");
    for (std::uint64_t at = 0; at < directory.size;) {
        // ECMA-119, 6.8.1.1: a record ends in the sector that it starts in, and zeroes fill the rest.
        std::uint64_t left_in_sector = sector_size - (directory.offset + at) % sector_size;
        auto available = static_cast<std::size_t>(std::min(left_in_sector, directory.size - at));
        Bytes rest = TRY(peek(directory.offset + at, available));
        std::size_t length = byte_at(rest, 0);
        if (length == 0) {
            at += left_in_sector;
            continue;
        }
        if (length > rest.size()) return fail(ErrorCode::malformed, "a directory record on the disc crosses a sector");
        auto record = TRY(match(rest.first(length), names, name, rule));
        if (record) {
            // These point into what was read ahead.
            record->identifier = {};
            record->system_use = {};
            return *record;
        }
        at += length;
    }
    return fail(ErrorCode::not_found, "no such file");
}

Result<OpenFile> Iso9660::open(std::string_view path, NameRule rule) {
    if (joliet_ && primary_.names == Names::plain) {
        auto file = open_in(*joliet_, path, rule);
        if (file || file.error().code != ErrorCode::not_found) return file;
    }
    return open_in(primary_, path, rule);
}

Result<OpenFile> Iso9660::open_in(const Tree& tree, std::string_view path, NameRule rule) {
    std::string_view rest = without_slashes(path);
    Record record{.extent = tree.root, .flags = flag_directory};
    while (!rest.empty()) {
        if (!record.is_directory()) return fail(ErrorCode::not_found, "no such file", path);
        std::string_view name = take_name(rest);
        auto found = find(record.extent, tree.names, name, rule);
        if (!found) return fail_about(found.error(), path);
        record = *found;
        rest = without_slashes(rest);
    }
    if (record.is_directory()) return fail(ErrorCode::not_found, "not a file but a directory", path);
    if (record.extent.size != 0 && !region_.has(record.extent.offset, record.extent.size))
        return fail(ErrorCode::malformed, "the disc ends before this file does", path);
    return OpenFile{.size = record.extent.size, .location = record.extent.offset};
}

Status Iso9660::read(const OpenFile& file, std::uint64_t offset, MutableBytes into) {
    if (offset > file.size || into.size() > file.size - offset)
        return fail(ErrorCode::malformed, "a read beyond the end of a file");
    if (into.empty()) return {};
    return region_.read(file.location + offset, into);
}

}  // namespace lintel::loader
