// A kernel that does not say for which base revision it was written.
#include "tests/defects/kernel.hpp"

extern "C" void defect_main() {
    while (limine::request<limine::Hhdm>.response() != nullptr) use_defect();
    for (;;) use_defect();
}
