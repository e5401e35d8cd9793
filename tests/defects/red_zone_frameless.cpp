// The same without a frame pointer: other instructions, and the same defect.
#include "tests/defects/red_zone.cpp"
