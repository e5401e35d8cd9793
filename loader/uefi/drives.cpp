#include "loader/uefi/drives.hpp"

#include <algorithm>

#include "base/checked.hpp"

namespace lintel::loader::uefi {
namespace {

/// CONFIG.md, "Location of the config file": where it is not known what the loader was started from.
constexpr std::array<std::string_view, 2> usual_folders{"/EFI/limine", "/EFI/BOOT"};

std::optional<DevicePath> path_of(EFI_BOOT_SERVICES& services, EFI_HANDLE handle) {
    return DevicePath::copy_of(protocol<EFI_DEVICE_PATH>(services, handle, EFI_DEVICE_PATH_PROTOCOL_GUID));
}

}  // namespace

Status Disk::read(std::uint64_t offset, MutableBytes into) {
    auto end = checked_add(offset, into.size());
    if (!end || *end > size()) return fail(ErrorCode::malformed, "a read would leave the disk");
    return check(disk_->ReadDisk(disk_, block_->Media->MediaId, offset, into.size(), into.data()),
                 "a disk cannot be read");
}

std::uint64_t Disk::size() const {
    std::uint64_t last = block_->Media->LastBlock;
    return checked_multiply(last, block_->Media->BlockSize).value_or(0) + block_->Media->BlockSize;
}

Status Drives::find(EFI_BOOT_SERVICES& services, EFI_HANDLE image) {
    drives_ = List<Drive>(drive_room_);
    auto* loaded = protocol<EFI_LOADED_IMAGE>(services, image, EFI_LOADED_IMAGE_PROTOCOL_GUID);
    if (loaded == nullptr) return fail(ErrorCode::device, "the firmware does not say where the loader came from");
    remember_folder(loaded->FilePath);
    auto own = path_of(services, loaded->DeviceHandle);
    for (EFI_HANDLE handle : handles(services, EFI_BLOCK_IO_PROTOCOL_GUID))
        add(services, handle, own ? &*own : nullptr);
    return {};
}

void Drives::add(EFI_BOOT_SERVICES& services, EFI_HANDLE handle, const DevicePath* own) {
    auto* block = protocol<EFI_BLOCK_IO_PROTOCOL>(services, handle, EFI_BLOCK_IO_PROTOCOL_GUID);
    auto* disk = protocol<EFI_DISK_IO_PROTOCOL>(services, handle, EFI_DISK_IO_PROTOCOL_GUID);
    if (block == nullptr || disk == nullptr) return;
    const EFI_BLOCK_IO_MEDIA& media = *block->Media;
    if (media.LogicalPartition != 0 || media.MediaPresent == 0) return;

    std::size_t index = drives_.size();
    // A drive beyond the limit is not seen.
    if (index == limit) return;
    Disk& added = disks_[index].emplace(handle, *block, *disk);
    // The firmware does not say what is optical; nothing else has blocks of this size and cannot be written.
    bool optical = media.BlockSize == Iso9660::sector_size && media.ReadOnly != 0;
    Drive drive{.device = &added, .block_size = media.BlockSize, .optical = optical};
    if (!drives_.push(drive) || own == nullptr) return;

    auto path = path_of(services, handle);
    if (!path || !path->is_same_as(own->drive())) return;
    Stretch place = own->place_on_drive(drive.block_size);
    if (place.size == 0) place = {.offset = 0, .size = added.size()};
    origin_ = Origin{.drive = index, .offset = place.offset, .size = place.size};
}

DevicePath Drives::path_to(EFI_BOOT_SERVICES& services, const DeviceRegion& region) const {
    auto of_this_region = [&](const Drive& drive) { return drive.device == &region.device(); };
    auto index = static_cast<std::size_t>(std::ranges::find_if(view(), of_this_region) - view().begin());
    auto drive = path_of(services, disks_[index]->handle());
    if (!drive) return {};
    for (EFI_HANDLE handle : handles(services, EFI_BLOCK_IO_PROTOCOL_GUID)) {
        auto path = path_of(services, handle);
        if (!path || !path->drive().is_same_as(*drive)) continue;
        Stretch place = path->place_on_drive(drives_[index].block_size);
        if (place.offset == region.offset() && place.size == region.size()) return *path;
    }
    return *drive;
}

void Drives::remember_folder(const EFI_DEVICE_PATH* file) {
    auto path = DevicePath::copy_of(file);
    if (!path) return;
    std::size_t size = 0;
    bool fits = true;
    path->for_each([&](unsigned type, unsigned subtype, Bytes node) {
        // File path media nodes (UEFI 2.10, 10.3.5.4), which put together make the name.
        if (type != 4 || subtype != 4) return;
        if (size > 0 && folder_text_[size - 1] != '/' && size < folder_text_.size()) folder_text_[size++] = '/';
        for (std::size_t at = 4; at + 2 <= node.size(); at += 2) {
            auto c = *read_at<std::uint16_t>(node, at);
            if (c == 0) break;
            if (c > 0x7e || size == folder_text_.size()) {
                fits = false;
                return;
            }
            folder_text_[size++] = c == '\\' ? '/' : static_cast<char>(c);
        }
    });
    std::string_view whole(folder_text_.data(), size);
    std::size_t slash = whole.rfind('/');
    folder_known_ = fits && slash != std::string_view::npos;
    if (folder_known_) folder_ = whole.substr(0, slash);
}

std::span<const std::string_view> Drives::application_folders() const {
    if (!origin_) return usual_folders;
    if (!folder_known_) return std::span(usual_folders).last(1);
    return {&folder_, 1};
}

}  // namespace lintel::loader::uefi
