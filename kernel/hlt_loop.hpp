// Where the kernel ends, whatever happened before.
#pragma once

namespace lintel {

/// Stops this processor for good, with interrupts off.
[[noreturn]] void hlt_loop();

}  // namespace lintel
