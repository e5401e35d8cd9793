#include "loader/core/random.hpp"

namespace lintel::loader {
namespace {

/// How many readings of the clock seed the generator. Each holds a bit or two that nobody foresees.
constexpr int seed_readings = 256;

// SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014): the step, and the mix.
constexpr std::uint64_t step = 0x9e3779b97f4a7c15;

constexpr std::uint64_t mix(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
}

}  // namespace

std::uint64_t Random::next() {
    if (auto value = processor_->hardware_random()) return *value;
    if (auto value = firmware_ == nullptr ? std::nullopt : firmware_->random()) return *value;
    return next_of_generator();
}

std::uint64_t Random::next_of_generator() {
    if (!seeded_) {
        for (int i = 0; i < seed_readings; ++i) state_ = mix(state_ + step + processor_->timestamp());
        seeded_ = true;
    }
    state_ += step;
    return mix(state_ ^ mix(processor_->timestamp()));
}

}  // namespace lintel::loader
