// The processor's I/O ports.
#pragma once

#include <cstdint>

namespace lintel::arch {

std::uint8_t in8(std::uint16_t port);
void out8(std::uint16_t port, std::uint8_t value);
std::uint16_t in16(std::uint16_t port);
void out16(std::uint16_t port, std::uint16_t value);
std::uint32_t in32(std::uint16_t port);
void out32(std::uint16_t port, std::uint32_t value);

}  // namespace lintel::arch
