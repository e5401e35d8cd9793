// From a path's resource and argument to a place on a drive, and from there to an open file system.
#include "loader/core/drive_volumes.hpp"

#include <algorithm>
#include <bit>
#include <charconv>

namespace lintel::loader {
namespace {

/// The number in the `length` hexadecimal digits at `offset`.
std::uint64_t digits(std::string_view text, std::size_t offset, std::size_t length) {
    std::uint64_t number = 0;
    std::string_view piece = text.substr(offset, length);
    std::from_chars(piece.data(), piece.data() + piece.size(), number, 16);
    return number;
}

/// `text` has the form of a UUID: parse_path() saw to it.
limine::Uuid parse_uuid(std::string_view text) {
    limine::Uuid uuid{.a = static_cast<std::uint32_t>(digits(text, 0, 8)),
                      .b = static_cast<std::uint16_t>(digits(text, 9, 4)),
                      .c = static_cast<std::uint16_t>(digits(text, 14, 4)),
                      .d = {}};
    for (std::size_t i = 0; i < 8; ++i)
        uuid.d[i] = static_cast<std::uint8_t>(digits(text, (i < 2 ? 19 : 20) + 2 * i, 2));
    return uuid;
}

/// The same digits read as bytes in their order, which is how some programs write a GPT's GUIDs.
limine::Uuid with_bytes_swapped(limine::Uuid uuid) {
    uuid.a = std::byteswap(uuid.a);
    uuid.b = std::byteswap(uuid.b);
    uuid.c = std::byteswap(uuid.c);
    return uuid;
}

}  // namespace

Volume* DriveVolumes::OpenVolume::volume() {
    if (auto* disc = std::get_if<Iso9660>(&system)) return disc;
    return std::get_if<Fat>(&system);
}

DriveVolumes::DriveVolumes(Room& room, std::span<const Drive> drives, const std::optional<Origin>& origin)
    : room_(&room), ahead_(room.ahead), drives_(drives), origin_(origin) {
    if (origin_) home_ = origin_place();
}

const PartitionTable& DriveVolumes::table_of(std::size_t drive) {
    if (table_drive_ != drive) {
        table_ = read_partitions(drives_[drive], ahead_, room_->partitions);
        table_drive_ = drive;
    }
    return table_;
}

DriveVolumes::Place DriveVolumes::whole(std::size_t drive) const {
    return {.drive = drive, .partition = {.size = drives_[drive].device->size()}};
}

/// The partition that the loader came from; or a place of its own, such as a disc's boot image, in no partition.
DriveVolumes::Place DriveVolumes::origin_place() {
    for (const Partition& partition : table_of(origin_->drive).partitions)
        if (partition.offset == origin_->offset) return {.drive = origin_->drive, .partition = partition};
    return {.drive = origin_->drive, .partition = {.offset = origin_->offset, .size = origin_->size}};
}

Result<DriveVolumes::Place> DriveVolumes::partition_of(std::size_t drive, std::uint32_t index) {
    if (index == 0) return whole(drive);
    const PartitionTable& table = table_of(drive);
    auto found = std::ranges::find(table.partitions, index, &Partition::index);
    if (found != table.partitions.end()) return Place{.drive = drive, .partition = *found};
    if (table.trouble) return std::unexpected(*table.trouble);
    return fail(ErrorCode::not_found, "the drive has no such partition");
}

/// The drive as a whole, its partitions, and what is wrong with them, which takes a place as well.
std::size_t DriveVolumes::places_on(std::size_t drive) {
    const PartitionTable& table = table_of(drive);
    return 1 + table.partitions.size() + (table.trouble ? 1 : 0);
}

Result<DriveVolumes::Place> DriveVolumes::place_on(std::size_t drive, std::size_t index) {
    if (index == 0) return whole(drive);
    const PartitionTable& table = table_of(drive);
    if (index > table.partitions.size()) return std::unexpected(*table.trouble);
    return Place{.drive = drive, .partition = table.partitions.view()[index - 1]};
}

std::size_t DriveVolumes::candidate_count() {
    if (origin_) return 1 + places_on(origin_->drive);
    std::size_t count = 0;
    for (std::size_t drive = 0; drive < drives_.size(); ++drive) count += places_on(drive);
    return count;
}

Result<DriveVolumes::Place> DriveVolumes::place_of_candidate(std::size_t index) {
    if (origin_ && index == 0) return origin_place();
    std::size_t left = origin_ ? index - 1 : index;
    for (std::size_t drive = origin_ ? origin_->drive : 0; drive < drives_.size(); ++drive) {
        std::size_t count = places_on(drive);
        if (left < count) return place_on(drive, left);
        left -= count;
    }
    return fail(ErrorCode::not_found, "there is no such volume");
}

Result<Volume*> DriveVolumes::candidate(std::size_t index) {
    Place place = TRY(place_of_candidate(index));
    OpenVolume* opened = TRY(open(place));
    return opened->volume();
}

void DriveVolumes::settle_on(std::size_t candidate) {
    auto place = place_of_candidate(candidate);
    if (!place || !keep(*place)) return;
    home_ = *place;
}

/// Opens what file system there is at `place`, unless it is open already. It can be closed again by the next call.
Result<DriveVolumes::OpenVolume*> DriveVolumes::open(const Place& place) {
    const Drive& drive = drives_[place.drive];
    DeviceRegion region(*drive.device, place.partition.offset, place.partition.size);
    OpenVolume* free = nullptr;
    for (OpenVolume& opened : room_->open) {
        if (opened.region == region) return &opened;
        if (!opened.in_use && (free == nullptr || free->region)) free = &opened;
    }
    if (free == nullptr) return fail(ErrorCode::out_of_memory, "the files lie on more volumes than there is room for");
    free->region.reset();

    const PartitionTable& table = table_of(place.drive);
    VolumeIdentity identity{.media = drive.optical ? limine::MediaType::optical : limine::MediaType::generic,
                            .partition_index = place.partition.index,
                            .mbr_disk_id = table.disk.mbr_id,
                            .gpt_disk = table.disk.gpt,
                            .gpt_partition = place.partition.uuid};
    TRY(mount(*free, region, identity));
    free->region = region;
    return free;
}

Status DriveVolumes::mount(OpenVolume& into, const DeviceRegion& region, const VolumeIdentity& identity) {
    auto disc = Iso9660::open(region, ahead_, identity);
    if (disc) {
        into.system = *disc;
        return {};
    }
    if (disc.error().code != ErrorCode::not_found) return std::unexpected(disc.error());
    auto fat = Fat::open(region, ahead_, identity);
    if (fat) {
        into.system = *fat;
        return {};
    }
    if (fat.error().code != ErrorCode::not_found) return std::unexpected(fat.error());
    return fail(ErrorCode::not_found, "there is neither a FAT nor an ISO 9660 file system");
}

Result<Volume*> DriveVolumes::keep(const Result<Place>& found) {
    Place place = TRY(found);
    OpenVolume* opened = TRY(open(place));
    opened->in_use = true;
    return opened->volume();
}

const DeviceRegion& DriveVolumes::region_of(const Volume& volume) const {
    auto opened = std::ranges::find_if(room_->open, [&](OpenVolume& open) { return open.volume() == &volume; });
    ensure(opened != room_->open.end(), "a volume stays open once it was given out");
    return *opened->region;
}

Result<Volume*> DriveVolumes::find_on_boot_drive(const Path& path) {
    if (!home_) return fail(ErrorCode::not_found, "the drive that the loader was started from is not known");
    return keep(path.partition == 0 ? Result<Place>(*home_) : partition_of(home_->drive, path.partition));
}

Result<DriveVolumes::Place> DriveVolumes::find_on_drive(const Path& path) {
    std::uint32_t to_pass = path.drive - 1;
    for (std::size_t drive = 0; drive < drives_.size(); ++drive) {
        if (drives_[drive].optical != (path.resource == Resource::odd)) continue;
        if (to_pass-- == 0) return partition_of(drive, path.partition);
    }
    return fail(ErrorCode::not_found, "there is no such drive");
}

Result<DriveVolumes::Place> DriveVolumes::find_by_uuid(const Path& path) {
    limine::Uuid uuid = parse_uuid(path.argument);
    std::optional<Error> trouble;
    for (std::size_t drive = 0; drive < drives_.size(); ++drive) {
        for (const Partition& partition : table_of(drive).partitions)
            if (partition.uuid != limine::Uuid{} &&
                (partition.uuid == uuid || partition.uuid == with_bytes_swapped(uuid)))
                return Place{.drive = drive, .partition = partition};
        if (!trouble) trouble = table_of(drive).trouble;
    }
    if (trouble) return std::unexpected(*trouble);
    // Neither FAT nor ISO 9660 has a GUID of its own.
    return fail(ErrorCode::not_found, "no partition has this GUID");
}

Result<Volume*> DriveVolumes::find_by_label(const Path& path) {
    std::optional<Error> trouble;
    for (std::size_t drive = 0; drive < drives_.size(); ++drive) {
        for (std::size_t i = 0; i < places_on(drive); ++i) {
            auto place = place_on(drive, i);
            auto opened = place ? open(*place) : std::unexpected(place.error());
            if (!opened) {
                if (opened.error().code != ErrorCode::not_found && !trouble) trouble = opened.error();
                continue;
            }
            if ((*opened)->volume()->label() != path.argument) continue;
            (*opened)->in_use = true;
            return (*opened)->volume();
        }
    }
    if (trouble) return std::unexpected(*trouble);
    return fail(ErrorCode::not_found, "no volume has this label");
}

Result<Volume*> DriveVolumes::find(const Path& path) {
    auto look = [&]() -> Result<Volume*> {
        switch (path.resource) {
            case Resource::boot:
                return find_on_boot_drive(path);
            case Resource::hdd:
            case Resource::odd:
                return keep(find_on_drive(path));
            case Resource::guid:
                return keep(find_by_uuid(path));
            case Resource::fslabel:
                return find_by_label(path);
            case Resource::tftp:
                return fail(ErrorCode::unsupported, "this loader does not boot from the network");
        }
        return fail(ErrorCode::malformed, "a path of an unknown kind");
    };
    auto volume = look();
    if (!volume) return fail_about(volume.error(), path.text);
    return volume;
}

}  // namespace lintel::loader
