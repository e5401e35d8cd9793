// A leaf function that keeps its variables below the stack pointer. Compiled with the red zone that user programs have.
#include "tests/defects/kernel.hpp"

namespace {

[[gnu::noinline]] unsigned sum_in_red_zone(unsigned seed) {
    volatile unsigned numbers[8];
    for (unsigned i = 0; i < 8; ++i) numbers[i] = seed + i;
    return numbers[seed % 8];
}

volatile unsigned result;

}  // namespace

void use_defect() { result = sum_in_red_zone(result); }
