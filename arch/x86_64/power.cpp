#include "arch/power.hpp"

#include "arch/x86_64/ports.hpp"

namespace lintel::arch {
namespace {

template <class T>
volatile T& register_at(VirtAddr address) {
    // Safety: the caller has mapped the device that is there; volatile keeps each access.
    return *reinterpret_cast<volatile T*>(address.value());
}

}  // namespace

std::uint32_t read_system_io(std::uint16_t address, unsigned bytes) {
    if (bytes == 4) return in32(address);
    return bytes == 2 ? in16(address) : in8(address);
}

void write_system_io(std::uint16_t address, unsigned bytes, std::uint32_t value) {
    if (bytes == 4) return out32(address, value);
    if (bytes == 2) return out16(address, static_cast<std::uint16_t>(value));
    out8(address, static_cast<std::uint8_t>(value));
}

std::uint32_t read_register(VirtAddr address, unsigned bytes) {
    if (bytes == 4) return register_at<std::uint32_t>(address);
    return bytes == 2 ? register_at<std::uint16_t>(address) : register_at<std::uint8_t>(address);
}

void write_register(VirtAddr address, unsigned bytes, std::uint32_t value) {
    if (bytes == 4)
        register_at<std::uint32_t>(address) = value;
    else if (bytes == 2)
        register_at<std::uint16_t>(address) = static_cast<std::uint16_t>(value);
    else
        register_at<std::uint8_t>(address) = static_cast<std::uint8_t>(value);
}

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
