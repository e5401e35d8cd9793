// Copying, filling and comparing memory with the processor's string instructions: what stands behind memcpy and its
// like in freestanding code. Under names of their own, so that the host's tests can call them.
#pragma once

#include <cstddef>

namespace lintel::arch {

/// Copies `count` bytes. The two ranges may overlap where `to` lies below `from`.
void copy_forward(void* to, const void* from, std::size_t count);

/// Copies `count` bytes; the two ranges may overlap in any way.
void move_memory(void* to, const void* from, std::size_t count);

void fill_memory(void* to, unsigned char value, std::size_t count);

/// Negative, zero or positive, as the first byte that differs is smaller or larger on the left.
int compare_memory(const void* left, const void* right, std::size_t count);

}  // namespace lintel::arch
