// Hands the machine to another EFI application, as the firmware's own boot manager would.
// Invariant: what the application is told about its place leads to the volume that it was read from.
#pragma once

#include "loader/core/applications.hpp"
#include "loader/core/drive_volumes.hpp"
#include "loader/uefi/drives.hpp"

namespace lintel::loader::uefi {

class Chainloader final : public Applications {
public:
    Chainloader(EFI_HANDLE image, EFI_BOOT_SERVICES& services, const Drives& drives, const DriveVolumes& volumes)
        : image_(image), services_(&services), drives_(&drives), volumes_(&volumes) {}

    Status start(const Application& application) override;

private:
    EFI_HANDLE image_;
    EFI_BOOT_SERVICES* services_;
    const Drives* drives_;
    const DriveVolumes* volumes_;
};

}  // namespace lintel::loader::uefi
