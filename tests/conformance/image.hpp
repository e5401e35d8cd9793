// The kernel's own image, as the family's linker script lays it out, by virtual addresses.
// Invariant: each part starts and ends at a page.
#pragma once

#include "tests/conformance/memory.hpp"

namespace lintel::conformance {

Range image();
Range image_code();
Range image_constants();
Range image_data();

/// Whether a stretch that the file does not hold, and that nothing has written yet, reads as zero.
bool image_zeroes_are_zero();

}  // namespace lintel::conformance
