// The clock has a speed that was told, then one that was measured in a hurry, and later one that was measured at
// leisure. Invariant: each counts from a timestamp on at which it shows the same as the one before.
#include "kernel/time/time.hpp"

#include <array>
#include <atomic>
#include <optional>

#include "arch/arch.hpp"
#include "kernel/log.hpp"
#include "kernel/time/clock.hpp"
#include "kernel/time/reference.hpp"
#include "kernel/time/timers.hpp"
#include "protocol/limine.hpp"

namespace lintel {
namespace {

/// A clock, and the timestamp from which on it counts.
struct Epoch {
    std::uint64_t from = 0;
    Clock clock{};
};

constinit std::array<Epoch, 4> epochs{};
constinit std::atomic<std::size_t> epoch_count = 0;
constinit std::atomic<std::uint64_t> exact_from = ~std::uint64_t{0};

/// Of two processors that read timestamps one after the other, the second one never goes by an earlier epoch.
const Clock& clock_at(std::uint64_t timestamp) {
    std::size_t at = epoch_count.load(std::memory_order_acquire);
    while (at > 1 && timestamp < epochs[at - 1].from) --at;
    return epochs[at == 0 ? 0 : at - 1].clock;
}

/// Has time go on at another speed from the timestamp `from` on.
void add_epoch(std::uint64_t from, std::uint64_t frequency) {
    const std::size_t at = epoch_count.load(std::memory_order_relaxed);
    const Instant shown = at == 0 ? Instant() : epochs[at - 1].clock.at(from);
    epochs[at] = {from, Clock(from, shown, frequency)};
    epoch_count.store(at + 1, std::memory_order_release);
}

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

constinit std::uint64_t entry_timestamp = 0;

/// Compares for some tenths of a millisecond, as often as it takes not to be interrupted meanwhile.
std::optional<std::uint64_t> compare_at_once(const ReferenceCounter& reference) {
    constexpr std::uint64_t precision = 500;
    constexpr unsigned most_tries = 20;
    constexpr unsigned most_samples = 10'000;  // a counter that stands still
    for (unsigned i = 0; i < most_tries; ++i) {
        const Sample first = reference.sample();
        Sample second = first;
        const auto counted = [&] { return (second.reference - first.reference) & reference.facts().mask; };
        for (unsigned j = 0; j < most_samples && counted() < reference.facts().frequency / 4000; ++j)
            second = reference.sample();
        if (counted() == 0) return std::nullopt;
        const auto frequency = compare(first, second, reference.facts(), precision);
        if (frequency && Clock::is_plausible(*frequency)) return frequency;
    }
    return std::nullopt;
}

/// The leisurely comparison: both ends of a second.
class Refinement {
public:
    void start(const ReferenceCounter& reference) {
        reference_ = reference;
        begin();
    }

private:
    void begin() {
        begun_ = now();
        first_ = reference_->sample();
        go_on();
    }

    void go_on() { start_timer(timer_, now() + Duration::seconds(1)); }

    void finish() {
        constexpr std::uint64_t precision = 100'000;
        const Sample second = reference_->sample();
        // A machine that was stopped meanwhile has its timers late.
        if (may_come_round(reference_->facts(), now() - begun_)) return begin();
        const auto frequency = compare(first_, second, reference_->facts(), precision);
        if (!frequency || !Clock::is_plausible(*frequency)) {
            if (--tries_ != 0) go_on();
            return;
        }
        // Far enough ahead for every processor to know by then.
        const std::uint64_t from = arch::timestamp() + *frequency / 100;
        add_epoch(from, *frequency);
        exact_from.store(from, std::memory_order_release);
        log("clock: {} kHz, says {}", *frequency / 1000, reference_->name());
    }

    std::optional<ReferenceCounter> reference_{};
    Instant begun_{};
    Sample first_{};
    unsigned tries_ = 5;
    Timer timer_{[](void* self) { static_cast<Refinement*>(self)->finish(); }, this};
};
constinit Refinement refinement;

}  // namespace

void open_clock(std::uint64_t entry) {
    entry_timestamp = entry;
    const Frequency frequency = timestamp_frequency();
    if (frequency.hertz == 0) return log_warning("clock: nothing tells yet how fast the timestamps grow");
    add_epoch(entry, frequency.hertz);
    log("clock: {} kHz, says {}", frequency.hertz / 1000, frequency.source);
}

Instant now() {
    const std::uint64_t timestamp = arch::timestamp();
    return clock_at(timestamp).at(timestamp);
}

std::uint64_t timestamp_at(Instant instant) { return clock_at(arch::timestamp()).count_at(instant); }

bool clock_is_exact() { return arch::timestamp() >= exact_from.load(std::memory_order_acquire); }

std::uint64_t clock_frequency() { return clock_at(arch::timestamp()).frequency(); }

void spin(Duration duration) {
    const std::uint64_t start = arch::timestamp();
    const std::uint64_t ticks = clock_at(start).ticks(duration);
    while (arch::timestamp() - start < ticks) arch::wait_a_moment();
}

Status open_time() {
    const auto reference = ReferenceCounter::find();
    if (reference) {
        // Whoever measured first may have done so on a busy host, and be wrong by far.
        if (const auto frequency = compare_at_once(*reference)) {
            add_epoch(epoch_count.load() == 0 ? entry_timestamp : arch::timestamp(), *frequency);
            log("clock: {} kHz, says {}", *frequency / 1000, reference->name());
        }
    }
    TRY(open_timers());
    if (reference) refinement.start(*reference);
    return {};
}

}  // namespace lintel
