// The PC's oldest timer (Intel 8254), whose first counter interrupts at ISA interrupt 0. The kernel has better ones;
// this one shows that lines of the ISA bus arrive.
#pragma once

#include <cstdint>

namespace lintel::arch {

inline constexpr std::uint8_t interval_timer_interrupt = 0;

/// Raises the timer's line once, after `counts` of 838 ns. What was counted before is forgotten.
void start_interval_timer(std::uint16_t counts);

}  // namespace lintel::arch
