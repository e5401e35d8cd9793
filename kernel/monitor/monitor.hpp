// The monitor: the prompt at which the boot ends, on the serial line and the screen.
#pragma once

#include "base/result.hpp"

namespace lintel {

/// Answers what is typed, for as long as the machine runs.
[[noreturn]] void run_monitor();

/// What `bench` at the prompt does.
Status run_all_benchmarks();

}  // namespace lintel
