// The kernel's own image in memory, as the linker script lays it out.
#pragma once

#include <array>

#include "arch/page_tables.hpp"
#include "kernel/debug/backtrace.hpp"

namespace lintel {

/// The code.
AddressRange text_range();

/// A stretch of whole pages, and what may be done there.
struct ImagePart {
    AddressRange range;
    arch::Access access;
};

/// All of the image.
std::array<ImagePart, 4> image_parts();

/// Runs the constructors of global objects; before it, none of those that need one may be used.
void run_global_constructors();

}  // namespace lintel
