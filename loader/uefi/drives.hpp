// The machine's drives, read through the firmware, and where among them the loader's own file lies. What is on a drive,
// the core finds out by itself.
// Invariant: a Drive points to a disk of this object's, which has a medium.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "base/list.hpp"
#include "loader/core/device.hpp"
#include "loader/core/drive_volumes.hpp"
#include "loader/uefi/device_path.hpp"
#include "loader/uefi/uefi.hpp"

namespace lintel::loader::uefi {

/// A drive by its block and disk protocols (UEFI 2.10, 13.7 and 13.9).
class Disk final : public BlockDevice {
public:
    Disk(EFI_HANDLE handle, EFI_BLOCK_IO_PROTOCOL& block, EFI_DISK_IO_PROTOCOL& disk)
        : handle_(handle), block_(&block), disk_(&disk) {}

    Status read(std::uint64_t offset, MutableBytes into) override;
    [[nodiscard]] std::uint64_t size() const override;
    [[nodiscard]] EFI_HANDLE handle() const { return handle_; }

private:
    EFI_HANDLE handle_;
    EFI_BLOCK_IO_PROTOCOL* block_;
    EFI_DISK_IO_PROTOCOL* disk_;
};

class Drives {
public:
    /// Finds them, and where the application `image` came from.
    Status find(EFI_BOOT_SERVICES& services, EFI_HANDLE image);

    [[nodiscard]] std::span<const Drive> view() const { return drives_.view(); }

    /// The volume that the application was started from; nothing where it lies on none of the drives.
    [[nodiscard]] const std::optional<Origin>& origin() const { return origin_; }

    /// The firmware's path to the volume at `region` of a drive: to the drive, where it knows no more of the volume.
    [[nodiscard]] DevicePath path_to(EFI_BOOT_SERVICES& services, const DeviceRegion& region) const;

    /// Where the configuration is looked for before the usual folders.
    [[nodiscard]] std::span<const std::string_view> application_folders() const;

private:
    void add(EFI_BOOT_SERVICES& services, EFI_HANDLE handle, const DevicePath* own);
    void remember_folder(const EFI_DEVICE_PATH* file);

    static constexpr std::size_t limit = 32;
    std::array<std::optional<Disk>, limit> disks_{};
    std::array<Drive, limit> drive_room_{};
    List<Drive> drives_{};
    std::optional<Origin> origin_{};
    std::array<char, 256> folder_text_{};
    std::string_view folder_{};  // of the application's own file; it has '/' between names and none at the end
    bool folder_known_ = false;
};

}  // namespace lintel::loader::uefi
