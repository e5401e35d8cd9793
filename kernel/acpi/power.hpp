// Switching the machine off, and starting it anew.
#pragma once

#include "base/result.hpp"

namespace lintel {

/// Switches the machine off; returns only where that cannot be done, with the reason.
Status poweroff();

/// Starts the machine anew: as the firmware wants it, then by the keyboard controller, then by a triple fault.
[[noreturn]] void reboot();

}  // namespace lintel
