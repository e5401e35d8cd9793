// The real-time clock of the PC/AT (Motorola MC146818A), read once.
#pragma once

#include <cstdint>
#include <optional>

namespace lintel::loader::direct {

/// Seconds since 1970-01-01, taking the clock for UTC; nothing where it does not hold a date.
std::optional<std::int64_t> read_clock();

}  // namespace lintel::loader::direct
