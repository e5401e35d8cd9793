// What a kernel that only halts shows: its name.
#pragma once

namespace lintel {

/// Fills the first screen with the kernel's name, and below it who booted it and what it runs on.
void draw_banner();

}  // namespace lintel
