// The memory type range registers, which have to be the same on all processors (Intel SDM vol. 3A, 12.11).
// Invariant: a processor without them is one whose registers are all the same.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace lintel::arch {

class MemoryTypes {
public:
    /// This processor's.
    static MemoryTypes read();

    /// Gives this processor these registers, if it has others.
    void apply() const;

    friend bool operator==(const MemoryTypes&, const MemoryTypes&) = default;

private:
    static constexpr std::size_t most_variable = 40;  // pairs: that many have numbers
    static constexpr std::size_t fixed_count = 11;

    void write() const;

    std::uint64_t default_type_ = 0;
    std::size_t variable_ = 0;  // registers: two for each range
    std::array<std::uint64_t, 2 * most_variable> variable_values_{};
    bool has_fixed_ = false;
    std::array<std::uint64_t, fixed_count> fixed_values_{};
};

}  // namespace lintel::arch
