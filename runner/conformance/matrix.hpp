// The kinds of machines that a loader is tried on: one choice each of chipset, memory, processors, processor model and
// display, and of the boot medium where there is firmware.
// Invariant: in either selection, each choice of one kind meets each choice of every other on some machine.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runner/machine/emulator.hpp"

namespace lintel::runner {

enum class Coverage { pairs, all };

struct Medium {
    const char* name;
    ImageType type;
    Bus bus;
};

struct MachineKind {
    std::vector<std::string> words;  // for QEMU, each option followed by its value
    std::optional<Medium> medium{};  // none without firmware
};

/// All combinations, or few of them that have each pair of choices. Under UEFI they have boot media, too.
std::vector<MachineKind> machines_for(Coverage coverage, bool uefi);

/// "q35 64M 1 qemu64 std", and the medium's name behind it
std::string name_of(const MachineKind& machine);

}  // namespace lintel::runner
