// What the kernel does about exceptions: a breakpoint goes on, all others are explained and end it.
#pragma once

namespace lintel {

/// Traps are caught on this processor from here on.
void open_traps();

}  // namespace lintel
