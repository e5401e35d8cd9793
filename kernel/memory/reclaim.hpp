// The memory that the loader needed for itself, and for what it told the kernel.
#pragma once

namespace lintel {

/// Copies those answers of the loader that the kernel goes on asking for, forgets the others, and gives the loader's
/// memory to the frame allocator. For the processor that booted, once all the others run the kernel: until then they
/// wait in the loader's code. Where some do not, the memory stays as it is, and the log says so.
void reclaim_loader_memory();

}  // namespace lintel
