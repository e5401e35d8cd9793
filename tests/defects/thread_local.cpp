// A variable for each thread, where nobody makes threads.
#include "tests/defects/kernel.hpp"

namespace {

constinit thread_local volatile int per_thread = 1;

}  // namespace

void use_defect() { per_thread = 2; }
