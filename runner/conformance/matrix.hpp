// The kinds of machines that a loader is tried on: one choice each of chipset, memory, processors, processor model and
// display.
// Invariant: in either selection, each choice of one kind meets each choice of every other on some machine.
#pragma once

#include <string>
#include <vector>

namespace lintel::runner {

enum class Coverage { pairs, all };

/// A machine as arguments for QEMU, each option followed by its value.
using MachineWords = std::vector<std::string>;

/// All combinations, or few of them that have each pair of choices.
std::vector<MachineWords> machines_for(Coverage coverage);

/// "q35 64M 1 qemu64 std"
std::string name_of(const MachineWords& machine);

}  // namespace lintel::runner
