// For the kernels that cannot be moved.
#include "tests/conformance/kernel.hpp"
#include "tests/conformance/movement.hpp"

namespace lintel::conformance {

void judge_movement(Report& report) {
    auto own = OwnFile::find();
    if (!own) return;  // "Executable File Feature" says so
    judge_segments(report, *own);
    report.promise("an executable that is not relocatable lies where it was linked for", own->slide() == 0,
                   "it is {:x} higher", own->slide());
}

}  // namespace lintel::conformance
