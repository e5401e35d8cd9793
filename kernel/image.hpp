// The kernel's own image in memory, as the linker script lays it out.
#pragma once

#include "kernel/debug/backtrace.hpp"

namespace lintel {

/// From the first page to behind the last one.
AddressRange image_range();

/// The code.
AddressRange text_range();

/// Runs the constructors of global objects; before it, none of those that need one may be used.
void run_global_constructors();

}  // namespace lintel
