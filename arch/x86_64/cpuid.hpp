// What the processor says about itself (Intel SDM vol. 2A, CPUID).
#pragma once

#include <cstdint>

namespace lintel::arch {

struct Cpuid {
    std::uint32_t a, b, c, d;
};

/// One leaf. Zeroes where the processor, or the hypervisor for its own leaves, does not have it.
Cpuid cpuid(std::uint32_t leaf, std::uint32_t subleaf = 0);

}  // namespace lintel::arch
