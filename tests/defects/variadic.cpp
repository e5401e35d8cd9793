// No defect: a variadic function keeps the vector registers that arguments may come in, where its caller says that some
// do. In a kernel none does.
#include "tests/defects/kernel.hpp"

namespace {

[[gnu::target("sse"), gnu::noinline]] unsigned sum(unsigned count, ...) {
    __builtin_va_list arguments;
    __builtin_va_start(arguments, count);
    unsigned all = 0;
    while (count-- != 0) all += __builtin_va_arg(arguments, unsigned);
    __builtin_va_end(arguments);
    return all;
}

volatile unsigned result;

}  // namespace

void use_defect() { result = sum(3, 1U, 2U, 3U); }
