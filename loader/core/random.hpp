// Random numbers, from the processor where it makes them, from the firmware where that does, and else from the jitter
// of the processor's clock. Invariant: no two values come from the same state of the generator.
#pragma once

#include <cstdint>

#include "loader/core/firmware.hpp"
#include "loader/core/processor.hpp"

namespace lintel::loader {

class Random {
public:
    explicit Random(Processor& processor, Firmware* firmware = nullptr) : processor_(&processor), firmware_(firmware) {}

    /// Not to be called once the firmware is finished.
    std::uint64_t next();

    /// A number below `bound`, which is not 0.
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }

private:
    std::uint64_t next_of_generator();

    Processor* processor_;
    Firmware* firmware_;  // null where there is none
    std::uint64_t state_ = 0;
    bool seeded_ = false;
};

}  // namespace lintel::loader
