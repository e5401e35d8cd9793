// A processor for tests of the loader's core: its clock ticks at each look, and its random numbers are counted.
#pragma once

#include <cstdint>
#include <optional>

#include "loader/core/processor.hpp"

namespace lintel::loader {

class FakeProcessor final : public Processor {
public:
    std::uint64_t timestamp() override { return time += 1000; }
    std::optional<std::uint64_t> timestamp_frequency() override {
        ++calibrations;
        return frequency;
    }
    std::optional<std::uint64_t> hardware_random() override {
        if (random == 0) return std::nullopt;
        return random++;
    }

    arch::PagingFacts paging() override { return levels; }

    arch::PagingFacts levels{};
    std::uint64_t time = 0;
    std::optional<std::uint64_t> frequency = 1'000'000;  // Hz
    std::uint64_t random = 0;                            // the next number; 0 where there is no generator
    int calibrations = 0;
};

}  // namespace lintel::loader
