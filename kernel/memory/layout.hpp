// Where things are in the kernel's address space (docs/memory.md). The loader chooses the direct map's place and,
// where the kernel is relocatable, the image's; the rest is fixed, between them and apart.
#pragma once

#include <cstdint>

#include "base/address.hpp"

namespace lintel {

/// Stacks, each in a slot of its own, with nothing mapped around them.
inline constexpr VirtAddr stacks_begin{0xffffff0000000000};
inline constexpr VirtAddr stacks_end{0xffffff1000000000};

/// Registers of devices.
inline constexpr VirtAddr devices_begin{0xffffff1000000000};
inline constexpr VirtAddr devices_end{0xffffff2000000000};

/// Ranges that get memory as they are touched.
inline constexpr VirtAddr lazy_begin{0xffffff2000000000};
inline constexpr VirtAddr lazy_end{0xffffff3000000000};

}  // namespace lintel
