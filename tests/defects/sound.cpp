// The part of these kernels that has no defect: an entry point, a base revision, one request.
#include "tests/defects/kernel.hpp"

extern "C" void defect_main() {
    for (;;)
        if (limine::base_revision<6>.supported() && limine::request<limine::Hhdm>.response() != nullptr) use_defect();
}
