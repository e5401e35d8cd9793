// A function that no file defines, in a shared object, where linkers do not mind.
#include "tests/defects/kernel.hpp"

extern "C" void defined_nowhere();

void (*volatile table[])() = {defined_nowhere};

void use_defect() { table[0](); }
