// The second file's part.
#pragma once

#include <cstdint>

std::uint64_t other_hhdm_offset();
