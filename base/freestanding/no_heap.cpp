// What stands for `operator delete` in a program that has no heap: a virtual destructor refers to it, used or not.
// Invariant: a program with a heap defines all of these itself, and the linker leaves this file out of it.
#include <cstddef>

#include "base/result.hpp"

void operator delete(void*) noexcept { lintel::panic("operator delete was called, and there is no heap"); }
void operator delete(void*, std::size_t) noexcept { lintel::panic("operator delete was called, and there is no heap"); }
