// The processor's random number generator (Intel SDM vol. 1, 7.3.17; vol. 2B, RDRAND and RDSEED).
// Invariant: no value is given out that the processor did not vouch for.
#include "arch/arch.hpp"
#include "arch/x86_64/cpuid.hpp"

namespace lintel::arch {
namespace {

/// As often as the manual wants a failed RDRAND tried again.
constexpr int attempts = 10;

// Safety, for both: registers only, and both say whether they wrote one.

bool seed(std::uint64_t& value) {
    bool valid = false;
    asm volatile("rdseed %0" : "=r"(value), "=@ccc"(valid));
    return valid;
}

bool draw(std::uint64_t& value) {
    bool valid = false;
    asm volatile("rdrand %0" : "=r"(value), "=@ccc"(valid));
    return valid;
}

template <class Instruction>
std::optional<std::uint64_t> retry(Instruction instruction) {
    for (int i = 0; i < attempts; ++i) {
        std::uint64_t value = 0;
        // Some AMD processors report success and give nothing but ones.
        if (instruction(value) && value != ~std::uint64_t{0}) return value;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> hardware_random() {
    if ((cpuid(7).b & (1U << 18)) != 0)
        if (auto value = retry(seed)) return value;
    if ((cpuid(1).c & (1U << 30)) != 0) return retry(draw);
    return std::nullopt;
}

}  // namespace lintel::arch
