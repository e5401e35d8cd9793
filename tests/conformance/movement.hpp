// Where a kernel runs, compared with where it was linked for.
// Invariant: the place itself comes from the processor (addresses relative to the instruction), never from a response.
#pragma once

#include "tests/conformance/own_file.hpp"
#include "tests/conformance/report.hpp"

namespace lintel::conformance {

/// What the file's segments have become, wherever they are: for the two files that define judge_movement().
void judge_segments(Report& report, const OwnFile& own);

}  // namespace lintel::conformance
