// Keys, wherever they are typed: at the PS/2 keyboard, or at a terminal on the first serial line.
// Invariant: keys of one device keep their order; what nobody reads is dropped once there are too many.
#pragma once

#include <optional>

#include "base/keys.hpp"

namespace lintel {

/// Listens to both devices, by interrupts of this processor where their lines lead to one. After open_time().
void open_input();

/// The next key, if one was pressed.
std::optional<KeyPress> read_input();

/// Waits for the next key, on the processor that opened the input, with interrupts enabled.
KeyPress wait_for_input();

}  // namespace lintel
