#include "loader/core/processor_responses.hpp"

#include <algorithm>

namespace lintel::loader {
namespace {

std::uint64_t microseconds(std::uint64_t ticks, std::uint64_t frequency) {
    constexpr std::uint64_t second = 1'000'000;
    return ticks / frequency * second + ticks % frequency * second / frequency;
}

Status answer_entropy(const Requests& requests, Arena& arena, Random& random) {
    auto wanted = TRY(requests.parameters<limine::EntropyParameters>(entropy_id));
    auto values = TRY(arena.array<std::uint64_t>(std::min(wanted.value_count, most_random_values)));
    for (std::uint64_t& value : values) value = random.next();
    auto* response =
        TRY(arena.make(limine::EntropyResponse{.revision = 0,
                                               .value_count = values.size(),
                                               .values = values.empty() ? nullptr : arena.shared(values.data())}));
    requests.answer(entropy_id, arena.shared_address(response));
    return {};
}

}  // namespace

Result<ProcessorResponses> ProcessorResponses::create(const Requests& requests, Arena& arena, Processor& processor,
                                                      Random& random, std::uint64_t started) {
    ProcessorResponses responses;
    if (requests.asks_for(entropy_id)) TRY(answer_entropy(requests, arena, random));

    bool wants_frequency = requests.asks_for(limine::TscFrequency::id);
    bool wants_performance = requests.asks_for(limine::BootloaderPerformance::id);
    if (!wants_frequency && !wants_performance) return responses;
    auto frequency = processor.timestamp_frequency();
    if (!frequency) return responses;

    if (wants_frequency) {
        auto* response = TRY(arena.make(limine::TscFrequencyResponse{.revision = 0, .frequency = *frequency}));
        requests.answer(limine::TscFrequency::id, arena.shared_address(response));
    }
    if (wants_performance) {
        // Timestamps count from the machine's reset.
        responses.frequency_ = *frequency;
        responses.performance_ = TRY(arena.make(limine::BootloaderPerformanceResponse{
            .revision = 0, .reset_usec = 0, .init_usec = microseconds(started, *frequency), .exec_usec = 0}));
        requests.answer(limine::BootloaderPerformance::id, arena.shared_address(responses.performance_));
    }
    return responses;
}

void ProcessorResponses::note_handover(Processor& processor) {
    if (performance_ != nullptr) performance_->exec_usec = microseconds(processor.timestamp(), frequency_);
}

}  // namespace lintel::loader
