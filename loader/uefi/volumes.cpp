#include "loader/uefi/volumes.hpp"

#include <algorithm>

#include "base/checked.hpp"
#include "base/list.hpp"
#include "loader/uefi/device_path.hpp"

namespace lintel::loader::uefi {
namespace {

constexpr std::size_t longest_path = 512;
constexpr std::size_t directory_window = 64 << 10;

/// A path as UEFI wants it: UCS-2, backslashes, a zero at the end (UEFI 2.10, 13.5). Nothing where it does not fit
/// or is not ASCII.
std::optional<std::array<CHAR16, longest_path>> firmware_path(std::string_view path) {
    if (path.size() >= longest_path) return std::nullopt;
    std::array<CHAR16, longest_path> out{};
    for (std::size_t i = 0; i < path.size(); ++i) {
        auto c = static_cast<unsigned char>(path[i]);
        if (c < 0x20 || c > 0x7e || c == '\\') return std::nullopt;
        out[i] = c == '/' ? u'\\' : c;
    }
    return out;
}

}  // namespace

std::optional<Disk> Disk::open(EFI_BOOT_SERVICES& services, EFI_HANDLE handle) {
    auto* block = protocol<EFI_BLOCK_IO_PROTOCOL>(services, handle, EFI_BLOCK_IO_PROTOCOL_GUID);
    auto* disk = protocol<EFI_DISK_IO_PROTOCOL>(services, handle, EFI_DISK_IO_PROTOCOL_GUID);
    if (block == nullptr || disk == nullptr || block->Media->MediaPresent == 0) return std::nullopt;
    return Disk(block, disk);
}

Status Disk::read(std::uint64_t offset, MutableBytes into) {
    auto end = checked_add(offset, into.size());
    if (!end || *end > size()) return fail(ErrorCode::malformed, "a read would leave the disk");
    return check(disk_->ReadDisk(disk_, block_->Media->MediaId, offset, into.size(), into.data()),
                 "the boot disk cannot be read");
}

std::uint64_t Disk::size() const {
    std::uint64_t last = block_->Media->LastBlock;
    return checked_multiply(last, block_->Media->BlockSize).value_or(0) + block_->Media->BlockSize;
}

std::optional<FirmwareVolume> FirmwareVolume::open(EFI_BOOT_SERVICES& services, EFI_HANDLE handle) {
    auto* system = protocol<EFI_FILE_IO_INTERFACE>(services, handle, EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID);
    EFI_FILE_HANDLE root = nullptr;
    if (system == nullptr || EFI_ERROR(system->OpenVolume(system, &root))) return std::nullopt;
    auto path = DevicePath::copy_of(protocol<EFI_DEVICE_PATH>(services, handle, EFI_DEVICE_PATH_PROTOCOL_GUID));
    return FirmwareVolume(root, path ? identity_of(*path) : VolumeIdentity{});
}

Result<OpenFile> FirmwareVolume::open(std::string_view path, NameRule /*any: see the class*/) {
    auto name = firmware_path(path);
    if (!name) return fail(ErrorCode::unsupported, "a file name on a FAT volume must be plain ASCII", path);
    EFI_FILE_HANDLE file = nullptr;
    EFI_STATUS status = root_->Open(root_, &file, name->data(), EFI_FILE_MODE_READ, 0);
    if (status == EFI_NOT_FOUND) return fail(ErrorCode::not_found, "there is no such file", path);
    TRY(check(status, "a file cannot be opened"));

    // Room for the longest name that FAT has, behind the structure's fixed part.
    alignas(EFI_FILE_INFO) std::array<std::byte, sizeof(EFI_FILE_INFO) + 256 * sizeof(CHAR16)> room{};
    UINTN size = room.size();
    EFI_GUID id = EFI_FILE_INFO_ID;
    if (auto known = check(file->GetInfo(file, &id, &size, room.data()), "a file's size is unknown"); !known) {
        file->Close(file);
        return std::unexpected(known.error());
    }
    // Safety: the firmware filled in an EFI_FILE_INFO, and the room is aligned for one.
    const auto* info = reinterpret_cast<const EFI_FILE_INFO*>(room.data());
    if ((info->Attribute & EFI_FILE_DIRECTORY) != 0) {
        file->Close(file);
        return fail(ErrorCode::not_found, "this is a directory, not a file", path);
    }
    // The handle stays open until boot services end; the loader opens a handful of files.
    return OpenFile{.size = info->FileSize, .location = reinterpret_cast<std::uint64_t>(file)};
}

Status FirmwareVolume::read(const OpenFile& file, std::uint64_t offset, MutableBytes into) {
    auto end = checked_add(offset, into.size());
    if (!end || *end > file.size) return fail(ErrorCode::malformed, "a read would leave the file");
    // Safety: `location` is the handle that open() put there.
    auto* handle = reinterpret_cast<EFI_FILE_HANDLE>(file.location);
    TRY(check(handle->SetPosition(handle, offset), "a file cannot be read"));
    UINTN size = into.size();
    TRY(check(handle->Read(handle, &size, into.data()), "a file cannot be read"));
    if (size != into.size()) return fail(ErrorCode::device, "a file ends before its own size");
    return {};
}

Status BootVolumes::find(EFI_BOOT_SERVICES& services, EFI_HANDLE image) {
    auto* loaded = protocol<EFI_LOADED_IMAGE>(services, image, EFI_LOADED_IMAGE_PROTOCOL_GUID);
    if (loaded == nullptr) return fail(ErrorCode::device, "the firmware does not say where the loader came from");
    remember_folder(loaded->FilePath);
    EFI_HANDLE own = loaded->DeviceHandle;
    add(services, own);

    auto own_path = DevicePath::copy_of(protocol<EFI_DEVICE_PATH>(services, own, EFI_DEVICE_PATH_PROTOCOL_GUID));
    if (!own_path) return {};
    DevicePath drive = own_path->drive();

    struct Partition {
        EFI_HANDLE handle;
        std::uint32_t index;
    };
    std::array<Partition, limit> storage;
    List<Partition> partitions(storage);
    for (EFI_HANDLE handle : handles(services, EFI_BLOCK_IO_PROTOCOL_GUID)) {
        auto path = DevicePath::copy_of(protocol<EFI_DEVICE_PATH>(services, handle, EFI_DEVICE_PATH_PROTOCOL_GUID));
        if (!path || handle == own || !path->drive().is_same_as(drive)) continue;
        if (path->is_same_as(drive))
            add(services, handle);
        else if (!partitions.push({handle, identity_of(*path).partition_index}))
            break;  // a drive with more partitions than there is room for is searched in part
    }
    std::ranges::sort(partitions.view(), {}, &Partition::index);
    for (const auto& partition : partitions) add(services, partition.handle);
    return {};
}

Result<Volume*> BootVolumes::find(const Path& path) {
    if (path.resource == Resource::boot && path.argument.empty() && home_ != nullptr) return home_;
    return fail(ErrorCode::unsupported, "this loader reads files from boot():/ only, not from", path.text);
}

void BootVolumes::add(EFI_BOOT_SERVICES& services, EFI_HANDLE handle) {
    if (handles_ == limit) return;
    std::size_t slot = handles_++;
    firmware_volumes_[slot] = FirmwareVolume::open(services, handle);
    if (firmware_volumes_[slot]) order_[count_++] = &*firmware_volumes_[slot];
    disks_[slot] = Disk::open(services, handle);
    void* window = nullptr;
    if (!disks_[slot] || EFI_ERROR(services.AllocatePool(EfiLoaderData, directory_window, &window))) return;
    auto path = DevicePath::copy_of(protocol<EFI_DEVICE_PATH>(services, handle, EFI_DEVICE_PATH_PROTOCOL_GUID));
    auto disc = Iso9660::open(*disks_[slot], {static_cast<std::byte*>(window), directory_window},
                              path ? identity_of(*path) : VolumeIdentity{});
    if (!disc) {
        services.FreePool(window);
        return;
    }
    discs_[slot] = std::move(*disc);
    order_[count_++] = &*discs_[slot];
}

void BootVolumes::remember_folder(const EFI_DEVICE_PATH* file) {
    auto path = DevicePath::copy_of(file);
    if (!path) return;
    std::size_t size = 0;
    bool fits = true;
    path->for_each([&](unsigned type, unsigned subtype, Bytes node) {
        // File path media nodes (UEFI 2.10, 10.3.5.4), which put together make the name.
        if (type != 4 || subtype != 4) return;
        if (size > 0 && folder_[size - 1] != '/' && size < folder_.size()) folder_[size++] = '/';
        for (std::size_t at = 4; at + 2 <= node.size(); at += 2) {
            auto c = *read_at<std::uint16_t>(node, at);
            if (c == 0) break;
            if (c > 0x7e || size == folder_.size()) {
                fits = false;
                return;
            }
            folder_[size++] = c == '\\' ? '/' : static_cast<char>(c);
        }
    });
    std::string_view whole(folder_.data(), size);
    std::size_t slash = whole.rfind('/');
    folder_size_ = fits && slash != std::string_view::npos ? slash : 0;
}

}  // namespace lintel::loader::uefi
