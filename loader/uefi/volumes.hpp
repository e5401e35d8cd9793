// Where the loader's files can be: the volume that it was started from, the drive around that volume, and the
// drive's other partitions (CONFIG.md, "Location of the config file").
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "loader/core/iso9660.hpp"
#include "loader/core/volume.hpp"
#include "loader/uefi/uefi.hpp"

namespace lintel::loader::uefi {

/// A disk, disc or partition, read through the firmware.
class Disk final : public BlockDevice {
public:
    Disk() = default;
    /// Nothing where the handle has no readable medium.
    static std::optional<Disk> open(EFI_BOOT_SERVICES& services, EFI_HANDLE handle);

    Status read(std::uint64_t offset, MutableBytes into) override;
    [[nodiscard]] std::uint64_t size() const override;

private:
    Disk(EFI_BLOCK_IO_PROTOCOL* block, EFI_DISK_IO_PROTOCOL* disk) : block_(block), disk_(disk) {}
    EFI_BLOCK_IO_PROTOCOL* block_ = nullptr;
    EFI_DISK_IO_PROTOCOL* disk_ = nullptr;
};

/// A file system of the firmware's: FAT, by its specification (UEFI 2.10, 13.3). It compares names without regard
/// to case, always.
class FirmwareVolume final : public Volume {
public:
    FirmwareVolume() = default;
    /// Nothing where the handle has no file system.
    static std::optional<FirmwareVolume> open(EFI_BOOT_SERVICES& services, EFI_HANDLE handle);

    Result<OpenFile> open(std::string_view path, NameRule rule) override;
    Status read(const OpenFile& file, std::uint64_t offset, MutableBytes into) override;
    [[nodiscard]] VolumeIdentity identity() const override { return identity_; }

private:
    explicit FirmwareVolume(EFI_FILE_HANDLE root, VolumeIdentity identity) : root_(root), identity_(identity) {}
    EFI_FILE_HANDLE root_ = nullptr;
    VolumeIdentity identity_{};
};

/// The volumes of the boot drive, in the order in which they are searched.
class BootVolumes final : public Volumes {
public:
    /// Finds them for the application `image`.
    Status find(EFI_BOOT_SERVICES& services, EFI_HANDLE image);

    Result<Volume*> find(const Path& path) override;
    [[nodiscard]] std::size_t candidate_count() const override { return count_; }
    Result<Volume*> candidate(std::size_t index) override { return order_[index]; }
    void settle_on(std::size_t candidate) override { home_ = order_[candidate]; }

    /// The folder of the application's own file, with '/' between names and none at the end; empty where unknown.
    [[nodiscard]] std::string_view application_folder() const { return {folder_.data(), folder_size_}; }

private:
    void remember_folder(const EFI_DEVICE_PATH* file);
    void add(EFI_BOOT_SERVICES& services, EFI_HANDLE handle);

    static constexpr std::size_t limit = 16;
    std::array<std::optional<Disk>, limit> disks_{};
    std::array<std::optional<FirmwareVolume>, limit> firmware_volumes_{};
    std::array<std::optional<Iso9660>, limit> discs_{};
    std::array<Volume*, 2 * limit> order_{};
    std::size_t count_ = 0;
    Volume* home_ = nullptr;
    std::size_t handles_ = 0;
    std::array<char, 256> folder_{};
    std::size_t folder_size_ = 0;
};

}  // namespace lintel::loader::uefi
