#include "arch/power.hpp"

#include <cstdint>

#include "arch/x86_64/ports.hpp"

namespace lintel::arch {
void pulse_reset_line() {
    // IBM PC/AT: output line 0 of the 8042 is wired to the processor's reset.
    constexpr std::uint16_t status = 0x64;
    constexpr std::uint8_t cannot_take = 1 << 1, pulse_line_0 = 0xfe;
    constexpr int patience = 100'000;
    for (int i = 0; i < patience && (in8(status) & cannot_take) != 0; ++i) {
    }
    out8(status, pulse_line_0);
}

void reset_by_fault() {
    struct [[gnu::packed]] {
        std::uint16_t limit = 0;
        std::uint64_t base = 0;
    } const none;
    // Safety: with no interrupt table neither the exception nor the double fault that follows finds a handler, and the
    // processor shuts down, which resets a PC (Intel SDM vol. 3A, 6.15, "Double Fault").
    asm volatile("lidt %0; ud2" : : "m"(none));
    __builtin_unreachable();
}

}  // namespace lintel::arch
