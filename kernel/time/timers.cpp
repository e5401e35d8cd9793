#include "kernel/time/timers.hpp"

#include <algorithm>
#include <array>
#include <atomic>

#include "arch/arch.hpp"
#include "arch/local_timer.hpp"
#include "kernel/interrupts/interrupts.hpp"
#include "kernel/log.hpp"
#include "kernel/processors/calls.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/sync/spin_lock.hpp"
#include "kernel/time/clock.hpp"
#include "kernel/time/time.hpp"

namespace lintel {

/// The timers of one processor. Only that one adds to them and has them fire; any may take one out.
class ProcessorTimers {
public:
    void start(Timer& timer, Instant when);
    bool stop(Timer& timer);
    void fire_due();
    static ProcessorTimers* home_of(const Timer& timer) { return timer.home_; }

private:
    SpinLock lock_{"timers"};
    TimerQueue queue_{};
    std::atomic<Timer*> running_ = nullptr;
};

namespace {

constinit std::array<ProcessorTimers, most_processors> timers{};
constinit arch::TimerMode mode = arch::TimerMode::count;
/// Of the local timers, in the mode `count`: the same on all processors.
constinit Clock counts;

/// Has this processor's timer interrupt at `when`, or somewhat earlier.
void arm(Instant when) {
    if (mode == arch::TimerMode::timestamp) return arch::set_timer(timestamp_at(when));
    // How fast the timer counts is known to a few parts in a thousand. So it is set short of a long wait, and then for
    // the rest of it.
    const Duration wait = when - now();
    const Duration least = Duration::microseconds(100);
    const std::uint64_t wanted = counts.ticks(wait <= least ? wait : std::max(least, wait - wait / 64));
    arch::set_timer_count(static_cast<std::uint32_t>(std::clamp<std::uint64_t>(wanted, 1, 0xffffffff)));
}

void handle(void* /*context*/) { timers[this_processor().number].fire_due(); }

/// How fast the timer counts, by comparison with the clock: as often as it takes to be hardly interrupted meanwhile.
std::uint64_t measure_counts() {
    constexpr unsigned most_tries = 10;
    std::uint64_t frequency = 0;
    Duration best = Duration::seconds(1);
    for (unsigned i = 0; i < most_tries && best > Duration::microseconds(2); ++i) {
        const InterruptsMasked masked;
        const Instant before = now();
        arch::set_timer_count(0xffffffff);
        const Instant started = now();
        spin(Duration::microseconds(200));
        const Instant ending = now();
        const std::uint64_t passed = 0xffffffff - arch::timer_count_left();
        const Instant after = now();
        arch::set_timer_count(0);
        // The least and the most that can lie between the two accesses.
        const Duration doubt = (after - before) - (ending - started);
        if (doubt >= best) continue;
        best = doubt;
        const Duration between = ((after - before) + (ending - started)) / 2;
        frequency = passed * 1'000'000'000 / static_cast<std::uint64_t>(between.in_nanoseconds());
    }
    return frequency;
}

}  // namespace

void ProcessorTimers::start(Timer& timer, Instant when) {
    const Locked locked(lock_);
    timer.home_ = this;
    queue_.add(timer, when);
    if (queue_.next() == when) arm(when);
}

bool ProcessorTimers::stop(Timer& timer) {
    bool stopped = false;
    while (true) {
        {
            const Locked locked(lock_);
            stopped = queue_.remove(timer) || stopped;
            // Here it is our own caller that runs. Elsewhere it ends soon, and may have been started again by then.
            const bool runs = running_.load(std::memory_order_relaxed) == &timer;
            if (!runs || this == &timers[this_processor().number]) return stopped;
        }
        while (running_.load(std::memory_order_acquire) == &timer) {
            serve_calls();  // it may be waiting for this processor
            arch::wait_a_moment();
        }
    }
}

void ProcessorTimers::fire_due() {
    while (true) {
        Timer* due = nullptr;
        {
            const Locked locked(lock_);
            due = queue_.take_due(now());
            running_.store(due, std::memory_order_release);
            if (due == nullptr) {
                if (const auto next = queue_.next()) arm(*next);
                return;
            }
        }
        due->fire(due->context);
    }
}

Status open_timers() {
    if (clock_frequency() == 0) return fail(ErrorCode::not_found, "nothing tells how fast time passes");
    mode = arch::best_timer_mode();
    set_interrupt_handler(timer_vector, "timer", handle);
    join_timers();
    if (mode == arch::TimerMode::timestamp) {
        log("timer: by timestamps");
        return {};
    }
    const std::uint64_t frequency = measure_counts();
    if (!Clock::is_plausible(frequency)) return fail(ErrorCode::device, "the local APIC's timer does not count");
    counts = Clock(0, Instant(), frequency);
    log("timer: {} kHz", frequency / 1000);
    return {};
}

void join_timers() { arch::open_local_timer(mode, timer_vector); }

void start_timer(Timer& timer, Instant when) {
    const InterruptsMasked masked;  // so that this stays the same processor
    timers[this_processor().number].start(timer, when);
}

bool stop_timer(Timer& timer) {
    ProcessorTimers* home = ProcessorTimers::home_of(timer);
    return home != nullptr && home->stop(timer);
}

void sleep(Duration duration) {
    ensure(arch::interrupts_enabled(), "nothing can wake a sleep with interrupts masked");
    std::atomic<bool> over = false;
    Timer timer([](void* context) { static_cast<std::atomic<bool>*>(context)->store(true); }, &over);
    start_timer(timer, now() + duration);
    while (true) {
        arch::disable_interrupts();
        if (over.load()) break;
        arch::enable_and_wait_for_interrupt();
    }
    arch::enable_interrupts();
}

}  // namespace lintel
