// QEMU's standard display adapter, set up without firmware: the Bochs dispi registers (QEMU,
// docs/specs/standard-vga.rst) and a linear framebuffer behind PCI.
#pragma once

#include <optional>

#include "loader/core/firmware.hpp"

namespace lintel::loader::direct {

/// Switches the adapter, if the machine has one on its first PCI bus, to `wanted` or, where it cannot show that, to
/// 1280x800. Nothing where there is no adapter. `memory` shows the first 4 GiB.
std::optional<Display> show_bochs_display(std::optional<Resolution> wanted, DirectMap memory);

}  // namespace lintel::loader::direct
