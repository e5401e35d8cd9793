// How fast the time-stamp counter counts: what a hypervisor or the processor says about it, or else what a
// comparison with the 8254 timer shows.
// Invariant: no wait is without bound, whatever hardware is missing.
#include <algorithm>

#include "arch/arch.hpp"
#include "arch/x86_64/cpuid.hpp"
#include "arch/x86_64/ports.hpp"

namespace lintel::arch {
namespace {

/// The leaf that hypervisors agreed on for it; kHz.
constexpr std::uint32_t hypervisor_base = 0x40000000;
constexpr std::uint32_t hypervisor_frequency = 0x40000010;

std::optional<std::uint64_t> frequency_of_hypervisor() {
    bool runs_on_one = (cpuid(1).c & (1U << 31)) != 0;
    std::uint32_t last = runs_on_one ? cpuid(hypervisor_base).a : 0;
    if (last < hypervisor_frequency || last > hypervisor_base + 0xffff) return std::nullopt;
    std::uint64_t kilohertz = cpuid(hypervisor_frequency).a;
    if (kilohertz == 0) return std::nullopt;
    return kilohertz * 1000;
}

/// Leaf 0x15 has its ratio to the crystal's frequency, which is not always told; then the ratio is one to the base
/// frequency of leaf 0x16 (Intel SDM vol. 3B, 19.7.3).
std::optional<std::uint64_t> frequency_of_processor() {
    Cpuid ratio = cpuid(0x15);
    if (ratio.a == 0 || ratio.b == 0) return std::nullopt;
    if (ratio.c != 0) return std::uint64_t{ratio.c} * ratio.b / ratio.a;
    std::uint64_t megahertz = cpuid(0x16).a & 0xffff;
    if (megahertz == 0) return std::nullopt;
    return megahertz * 1'000'000;
}

// The 8254's third counter (Intel 8254 data sheet), and the system control port that starts and shows it.
constexpr std::uint16_t counter_port = 0x42;
constexpr std::uint16_t command_port = 0x43;
constexpr std::uint16_t control_port = 0x61;
constexpr std::uint8_t control_gate = 1 << 0;
constexpr std::uint8_t control_speaker = 1 << 1;
constexpr std::uint8_t control_output = 1 << 5;
constexpr std::uint8_t count_down_once = 0b10'11'000'0;  // counter 2, both bytes, mode 0, binary
constexpr std::uint64_t timer_frequency = 1'193'182;     // Hz
constexpr std::uint16_t timer_count = 2386;              // 2 ms

// When to give the timer up: no processor gets that far in 2 ms, nor looks that often.
constexpr std::uint64_t most_ticks = 40'000'000;
constexpr unsigned most_polls = 2'000'000;

/// Between how many ticks a countdown takes.
struct Bounds {
    std::uint64_t least = 0;
    std::uint64_t most = ~std::uint64_t{0};

    [[nodiscard]] bool narrow() const { return most <= least + most / 256; }
};

/// What one countdown shows: who is interrupted meanwhile, as on a busy host, learns less, but nothing wrong. Nothing
/// where the timer does not count.
std::optional<Bounds> watch_countdown() {
    std::uint8_t control = in8(control_port) & static_cast<std::uint8_t>(~(control_gate | control_speaker));
    out8(control_port, control);
    out8(command_port, count_down_once);
    out8(counter_port, timer_count & 0xff);
    out8(counter_port, timer_count >> 8);
    if ((in8(control_port) & control_output) != 0) return std::nullopt;
    std::uint64_t before = timestamp();
    out8(control_port, control | control_gate);
    std::uint64_t started = timestamp();
    std::uint64_t still_counting = started;
    std::optional<Bounds> bounds;
    for (unsigned i = 0; i < most_polls && still_counting - started < most_ticks && !bounds; ++i) {
        std::uint64_t now = timestamp();
        bool done = (in8(control_port) & control_output) != 0;
        if (done) bounds = {.least = still_counting - started, .most = timestamp() - before};
        still_counting = now;
    }
    out8(control_port, control);
    return bounds;
}

/// From as many countdowns as it takes for their bounds to be close to each other.
std::optional<std::uint64_t> frequency_by_timer() {
    constexpr unsigned most_countdowns = 40;
    Bounds ticks;
    for (unsigned i = 0; i < most_countdowns && !ticks.narrow(); ++i) {
        auto seen = watch_countdown();
        if (!seen) return std::nullopt;
        ticks = {.least = std::max(ticks.least, seen->least), .most = std::min(ticks.most, seen->most)};
    }
    std::uint64_t frequency = (ticks.least + ticks.most) / 2 * timer_frequency / timer_count;
    // Less than that is no time-stamp counter, but a timer that was there at once.
    constexpr std::uint64_t lowest = 1'000'000;
    if (frequency < lowest) return std::nullopt;
    return frequency;
}

}  // namespace

std::optional<std::uint64_t> timestamp_frequency() {
    if (auto frequency = frequency_of_hypervisor()) return frequency;
    if (auto frequency = frequency_of_processor()) return frequency;
    return frequency_by_timer();
}

}  // namespace lintel::arch
