// A kernel that asks its loader for nothing, not even for a base revision.
#include "tests/defects/kernel.hpp"

extern "C" void defect_main() {
    for (;;) use_defect();
}
