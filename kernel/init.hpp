// What the boot ends in, as the command line wants it: `init=halt` in the halt loop, `init=bench` in measurements, and
// without any the monitor.
#pragma once

#include <cstdint>

namespace lintel {

enum class Init : std::uint8_t { monitor, halt, bench };

/// What `init=` asks for; the monitor where it asks for nothing that there is.
Init chosen_init();

/// Goes there.
[[noreturn]] void run_init();

}  // namespace lintel
