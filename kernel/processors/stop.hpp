// The end of all processors but one, for a panic and for the kernel's halt.
// Invariant: at most one processor is the last one, and stays it.
#pragma once

namespace lintel {

/// Stops all other processors for good, with interrupts that cannot be masked, and those that the loader has parked.
/// Where two processors ask for it at once, one of them stops here itself. What they held locked stays so. Asked
/// again, by the last processor, it does nothing.
void stop_others();

/// Whether this processor has stopped the others.
bool is_last_processor();

/// For the handler of such an interrupt: stops here where the last processor wants it. Whether it came to the last
/// processor itself, which takes no more notice of it.
bool answer_stop();

}  // namespace lintel
