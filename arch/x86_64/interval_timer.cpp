#include "arch/interval_timer.hpp"

#include "arch/x86_64/ports.hpp"

namespace lintel::arch {

void start_interval_timer(std::uint16_t counts) {
    constexpr std::uint16_t counter = 0x40, command = 0x43;
    constexpr std::uint8_t count_down_once = 0b00'11'000'0;  // counter 0, both bytes, mode 0, binary
    out8(command, count_down_once);
    out8(counter, static_cast<std::uint8_t>(counts));
    out8(counter, static_cast<std::uint8_t>(counts >> 8));
}

}  // namespace lintel::arch
