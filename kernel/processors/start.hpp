// Starting the other processors: from where the loader has parked them into the kernel's idle loop.
// Invariant: a processor that was not started is either parked in the loader's memory, or retired from it.
#pragma once

namespace lintel {

/// Starts all that the loader hands over, gives each its own stacks and tables, and waits until they idle. Those
/// that there is no room for are retired.
void start_processors();

/// Has those that the loader has parked sleep for good, outside of its memory. After start_processors() there are none.
void retire_parked();

}  // namespace lintel
