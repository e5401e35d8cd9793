// The x87 unit where nothing saves its registers. Compiled without -msoft-float.
#include "tests/defects/kernel.hpp"

namespace {

volatile long double number = 1;

[[gnu::noinline]] void double_with_x87() { number = number * 2; }

}  // namespace

void use_defect() { double_with_x87(); }
