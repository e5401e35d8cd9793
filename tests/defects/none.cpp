// No defect of its own: the linker script has it.
#include "tests/defects/kernel.hpp"

void use_defect() {}
