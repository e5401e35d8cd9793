#include "arch/device_io.hpp"

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

}  // namespace lintel::arch
