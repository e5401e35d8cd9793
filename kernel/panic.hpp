// What panic() of base/result.hpp needs to know beforehand.
#pragma once

#include "base/address.hpp"

namespace lintel {

/// Tells panic() where the stack ends: at the frame of the kernel's first function.
void set_outermost_frame(VirtAddr frame);

}  // namespace lintel
