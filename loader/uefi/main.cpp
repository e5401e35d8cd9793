// The loader as a UEFI application. Invariant: it never returns to the firmware; it ends in the executable or in
// give_up().
#include "arch/enter.hpp"
#include "loader/core/enrolled_hash.hpp"
#include "loader/core/start.hpp"
#include "loader/uefi/chainload.hpp"
#include "loader/uefi/drives.hpp"
#include "loader/uefi/firmware.hpp"
#include "loader/uefi/keyboard.hpp"
#include "loader/uefi/uefi.hpp"

namespace lintel::loader::uefi {
namespace {

// Too large for the firmware's stack, of which 128 KiB are promised (UEFI 2.10, 2.3.4).
constinit Drives drives;
constinit DriveVolumes::Room room{};

// Where `lintel enroll` puts the hash. It changes behind the compiler's back, hence volatile.
[[gnu::used]] const volatile EnrolledHash enrolled_place{.mark = enrolled_hash_mark, .blake2b = {}};

std::optional<Blake2bHash> enrolled_hash() {
    Blake2bHash hash{};
    // Safety: bytes of an object of this file's.
    const auto* place = reinterpret_cast<const volatile std::byte*>(&enrolled_place);
    for (std::size_t i = 0; i < hash.size(); ++i) hash[i] = place[offsetof(EnrolledHash, blake2b) + i];
    if (hash == Blake2bHash{}) return std::nullopt;
    return hash;
}

Status run(EFI_HANDLE image, EFI_SYSTEM_TABLE& table, Console& console) {
    EFI_BOOT_SERVICES& services = *table.BootServices;
    // The firmware resets the machine after five minutes otherwise (UEFI 2.10, 3.1.2), whoever is reading the menu.
    services.SetWatchdogTimer(0, 0, 0, nullptr);
    TRY(drives.find(services, image));
    DriveVolumes volumes(room, drives.view(), drives.origin());
    UefiFirmware firmware(image, table);
    Chainloader chainloader(image, services, drives, volumes);
    return start({.firmware = firmware,
                  .console = console,
                  .volumes = volumes,
                  .application_folders = drives.application_folders(),
                  .platform = {.architecture = "x86-64", .firmware = "UEFI"},
                  .applications = &chainloader,
                  .enrolled = enrolled_hash(),
                  .secure_boot = firmware.secure_boot()});
}

}  // namespace
}  // namespace lintel::loader::uefi

extern "C" EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE* table) {
    using namespace lintel::loader;
    uefi::UefiKeyboard keyboard(*table);
    Console console(keyboard);
    console.give_up(uefi::run(image, *table, console).error());
}
