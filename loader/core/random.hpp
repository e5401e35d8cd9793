// Random numbers, from the processor where it makes them, and else from the jitter of its clock.
// Invariant: no two values come from the same state of the generator.
#pragma once

#include <cstdint>

#include "loader/core/processor.hpp"

namespace lintel::loader {

class Random {
public:
    explicit Random(Processor& processor) : processor_(&processor) {}

    std::uint64_t next();

    /// A number below `bound`, which is not 0.
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }

private:
    std::uint64_t next_of_generator();

    Processor* processor_;
    std::uint64_t state_ = 0;
    bool seeded_ = false;
};

}  // namespace lintel::loader
