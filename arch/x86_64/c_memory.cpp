// memcpy and its three siblings, which the compiler may call by itself. Compiled with -fno-builtin, or a body could
// become a call of itself.
#include <string.h>

#include "arch/x86_64/memory.hpp"

extern "C" {

void* memcpy(void* __restrict to, const void* __restrict from, size_t count) {
    lintel::arch::copy_forward(to, from, count);
    return to;
}

void* memmove(void* to, const void* from, size_t count) {
    lintel::arch::move_memory(to, from, count);
    return to;
}

void* memset(void* to, int value, size_t count) {
    lintel::arch::fill_memory(to, static_cast<unsigned char>(value), count);
    return to;
}

int memcmp(const void* left, const void* right, size_t count) {
    return lintel::arch::compare_memory(left, right, count);
}
}
