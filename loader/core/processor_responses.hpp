// Answers to what an executable asks about the processor that it starts on (PROTOCOL.md, "TSC Frequency", "Bootloader
// Performance", "Entropy").
// Invariant: what takes time to find out is found out only where it was asked for.
#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "loader/core/arena.hpp"
#include "loader/core/processor.hpp"
#include "loader/core/random.hpp"
#include "loader/core/requests.hpp"
#include "protocol/wire.hpp"

namespace lintel::loader {

/// The most random numbers that an executable gets: enough to seed anything, and quickly drawn.
inline constexpr std::uint64_t most_random_values = 4096;

class ProcessorResponses {
public:
    /// Answers all of them. `started` is when the loader began, by `processor.timestamp()`.
    static Result<ProcessorResponses> create(const Requests& requests, Arena& arena, Processor& processor,
                                             Random& random, std::uint64_t started);

    /// Notes that the executable is about to be entered.
    void note_handover(Processor& processor);

private:
    limine::BootloaderPerformanceResponse* performance_ = nullptr;  // null where it was not asked for
    std::uint64_t frequency_ = 0;                                   // Hz, of the timestamps
};

}  // namespace lintel::loader
