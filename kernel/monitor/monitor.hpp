// The monitor: the prompt at which the boot ends, on the serial line and the screen.
#pragma once

namespace lintel {

/// Answers what is typed, for as long as the machine runs.
[[noreturn]] void run_monitor();

}  // namespace lintel
