// What the processor says about itself (Intel SDM vol. 2A, CPUID).
#pragma once

#include <cstdint>

namespace lintel::arch {

struct Cpuid {
    std::uint32_t a, b, c, d;
};

/// One leaf. Zeroes where the processor, or the hypervisor for its own leaves, does not have it.
Cpuid cpuid(std::uint32_t leaf, std::uint32_t subleaf = 0);

/// Whether page-table entries can forbid execution; where not, the bit for it has to be clear.
inline bool has_no_execute() { return (cpuid(0x80000001).d & 1U << 20) != 0; }

}  // namespace lintel::arch
