#include "kernel/time/comparison.hpp"

#include "base/checked.hpp"

namespace lintel {

bool may_come_round(const CounterFacts& counter, Duration passed) {
    return passed >= Duration::seconds(static_cast<std::int64_t>(counter.mask / counter.frequency)) / 2;
}

std::optional<std::uint64_t> compare(const Sample& first, const Sample& second, const CounterFacts& reference,
                                     std::uint64_t precision) {
    const std::uint64_t counts = (second.reference - first.reference) & reference.mask;
    if (counts < precision || second.before <= first.after) return std::nullopt;
    // Between the middles of the two samples, give or take half of each.
    const std::uint64_t ticks = (second.before + second.doubt() / 2) - (first.before + first.doubt() / 2);
    const auto doubt = checked_multiply((first.doubt() + second.doubt()) / 2, precision);
    if (!doubt || *doubt > ticks) return std::nullopt;
    const auto product = checked_multiply(ticks, reference.frequency);
    if (!product) return std::nullopt;
    return *product / counts;
}

}  // namespace lintel
