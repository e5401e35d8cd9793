// Finds the UEFI firmware of the virtual machine.
// Invariant: the files found existed; nothing here writes to them.
#pragma once

#include <optional>
#include <string>

#include "runner/host/files.hpp"

namespace lintel::runner {

struct Firmware {
    fs::path code{};  // with `variables`: the read-only part; without: code and variables in one
    std::optional<fs::path> variables{};
    std::string reason{};  // where it was found, for the person
};

struct FirmwarePlaces {
    std::optional<std::string> ovmf_path{};  // the variable OVMF_PATH: a file or a folder
    fs::path root = "/";                     // tests put a made-up file system here
    std::optional<fs::path> emulator{};      // QEMU can come with firmware beside it
};

Outcome<Firmware> find_firmware(const FirmwarePlaces& places);

/// QEMU's qboot.rom, which does little more than start what QEMU was given with -kernel.
std::optional<fs::path> find_qboot(const fs::path& emulator);

}  // namespace lintel::runner
