// Text on all framebuffers that the loader has handed over.
// Invariant: without a framebuffer, or with one that makes no sense, all of this does nothing.
#pragma once

#include <string_view>

#include "base/canvas.hpp"

namespace lintel {

/// Takes the framebuffers over, and shows nothing yet. Says in the log which of them cannot be used.
void open_screens();

/// The first framebuffer, for who draws something else than text; null where there is none.
Canvas* first_canvas();

/// Clears the screens, and has the log appear on them, with all that it has so far.
void show_log_on_screens();

/// The same for a panic: where they show something else, only its lines appear, over that.
void show_panic_on_screens();

/// Writes text with control sequences (kernel/console/terminal_text.hpp) to the screens alone, and shows it. The log
/// does that for all that goes through it; who calls this makes sure that nobody logs meanwhile.
void write_to_screens(std::string_view text);

}  // namespace lintel
