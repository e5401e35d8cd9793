// The loader as QEMU's -kernel starts it, without firmware. Invariant: it never returns; it ends in the executable or
// in give_up().
#include <optional>

#include "arch/enter.hpp"
#include "loader/core/start.hpp"
#include "loader/direct/firmware.hpp"
#include "loader/direct/fw_cfg.hpp"
#include "loader/direct/keyboard.hpp"
#include "loader/direct/pci.hpp"
#include "loader/direct/start_info.hpp"
#include "loader/direct/volume.hpp"

// From the linker script: where this loader itself lies.
extern "C" const std::byte image_start[], image_end[];

namespace lintel::loader::direct {
namespace {

Range own_image() {
    auto start = reinterpret_cast<std::uint64_t>(image_start);
    return {PhysAddr(start), reinterpret_cast<std::uint64_t>(image_end) - start};
}

Status run(PhysAddr start_info, Console& console) {
    auto info = TRY(StartInfo::parse(start_info, DirectMap(), reachable_memory));
    auto firmware = TRY(DirectFirmware::create(info, own_image()));
    auto files = TRY(FirmwareConfiguration::open());
    auto volume = TRY(FwCfgVolume::open(files, firmware));
    FwCfgVolumes volumes(volume);
    place_pci_windows();
    return start({.firmware = firmware,
                  .console = console,
                  .volumes = volumes,
                  .platform = {.architecture = "x86-64", .firmware = "BIOS"}});
}

}  // namespace
}  // namespace lintel::loader::direct

extern "C" [[noreturn]] void direct_main(std::uint32_t start_info);

void direct_main(std::uint32_t start_info) {
    using namespace lintel::loader;
    direct::DirectKeyboard keyboard;
    Console console(keyboard);
    console.give_up(direct::run(lintel::PhysAddr(start_info), console).error());
}
