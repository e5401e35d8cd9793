#include "kernel/time/time.hpp"

#include "arch/arch.hpp"
#include "kernel/log.hpp"
#include "kernel/time/clock.hpp"
#include "protocol/limine.hpp"

namespace lintel {
namespace {

constinit Clock timestamps;

struct Frequency {
    std::uint64_t hertz = 0;
    std::string_view source{};
};

/// What the loader has measured or been told, and otherwise the same from us.
Frequency timestamp_frequency() {
    if (const auto* response = limine::request<limine::TscFrequency>.response())
        if (Clock::is_plausible(response->frequency)) return {response->frequency, "the loader"};
    const auto found = arch::timestamp_frequency();
    if (found && Clock::is_plausible(*found)) return {*found, "the processor or its timer"};
    return {};
}

}  // namespace

void open_clock(std::uint64_t entry) {
    const Frequency frequency = timestamp_frequency();
    if (frequency.hertz == 0) return log("clock: nothing tells how fast the timestamps grow");
    timestamps = Clock(entry, Instant(), frequency.hertz);
    set_log_clock(frequency.hertz);
    log("clock: {} kHz, says {}", frequency.hertz / 1000, frequency.source);
}

Instant now() { return timestamps.at(arch::timestamp()); }

void spin(Duration duration) {
    const std::uint64_t start = arch::timestamp();
    const std::uint64_t ticks = timestamps.ticks(duration);
    while (arch::timestamp() - start < ticks) arch::wait_a_moment();
}

}  // namespace lintel
