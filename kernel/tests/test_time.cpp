// The clock, timers and sleep. Bounds upwards are wide or of the best of many: an emulated processor shares its host.
#include <algorithm>
#include <array>
#include <atomic>

#include "arch/arch.hpp"
#include "kernel/log.hpp"
#include "kernel/processors/calls.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/sync/spin_lock.hpp"
#include "kernel/tests/tests.hpp"
#include "kernel/time/reference.hpp"
#include "kernel/time/time.hpp"
#include "kernel/time/timers.hpp"

namespace lintel {
namespace {

/// A timer that writes down when it fired, and after how many others.
struct Witness {
    Timer timer{fire, this};
    std::atomic<unsigned> times = 0;
    Instant fired{};
    unsigned place = 0;
    bool were_masked = false;
    unsigned depth = 0;

    static inline constinit unsigned next_place = 0;

    static void fire(void* context) {
        auto& self = *static_cast<Witness*>(context);
        self.fired = now();
        self.place = next_place++;
        self.were_masked = !arch::interrupts_enabled();
        self.depth = this_processor().interrupt_depth;
        self.times.fetch_add(1);
    }

    void wait() const {
        while (times.load() == 0) arch::wait_a_moment();
    }
};

void never_goes_back() {
    Instant last = now();
    for (int i = 0; i < 20000; ++i) {
        const Instant next = now();
        expect(next >= last, "the clock went back");
        last = next;
    }
    expect(last > Instant(), "the clock stands still");
}

void a_spin_is_never_short() {
    for (const std::int64_t microseconds : {0, 1, 10, 100, 1000}) {
        const auto wanted = Duration::microseconds(microseconds);
        const Instant start = now();
        spin(wanted);
        expect(now() - start >= wanted, "the spin was short");
    }
}

void a_sleep_is_never_short() {
    for (const std::int64_t microseconds : {0, 1, 50, 99, 100, 101, 1000, 7000, 20000}) {
        const auto wanted = Duration::microseconds(microseconds);
        const Instant start = now();
        sleep(wanted);
        expect(now() - start >= wanted, "the sleep was short");
        expect(arch::interrupts_enabled(), "interrupts are masked after the sleep");
    }
}

void a_sleep_is_hardly_too_long() {
    constexpr auto wanted = Duration::milliseconds(10);
    Duration best = Duration::seconds(10);
    for (int i = 0; i < 20 && best > wanted + Duration::microseconds(500); ++i) {
        const Instant start = now();
        sleep(wanted);
        best = std::min(best, now() - start);
    }
    expect(best < wanted + Duration::milliseconds(5), "even the best of many sleeps was half as long again");
}

void a_timer_fires_once_and_not_early() {
    Witness witness;
    const Instant due = now() + Duration::milliseconds(3);
    start_timer(witness.timer, due);
    witness.wait();
    expect(witness.fired >= due, "it fired early");
    sleep(Duration::milliseconds(5));
    expect(witness.times.load() == 1, "it fired again");
}

void a_timer_in_the_past_fires_at_once() {
    Witness witness;
    start_timer(witness.timer, now() - Duration::milliseconds(1));
    witness.wait();
    Witness at_entry;
    start_timer(at_entry.timer, Instant());
    at_entry.wait();
}

void fire_in_the_order_of_their_times() {
    constexpr std::array<int, 7> milliseconds = {5, 1, 4, 2, 7, 3, 6};
    std::array<Witness, milliseconds.size()> witnesses;
    {
        const InterruptsMasked masked;  // however long it takes to start them, none fires before all have started
        const Instant start = now();
        for (std::size_t i = 0; i < witnesses.size(); ++i)
            start_timer(witnesses[i].timer, start + Duration::milliseconds(milliseconds[i]));
    }
    for (const Witness& witness : witnesses) witness.wait();
    for (std::size_t i = 0; i < witnesses.size(); ++i)
        for (std::size_t j = 0; j < witnesses.size(); ++j)
            if (milliseconds[i] < milliseconds[j])
                expect(witnesses[i].place < witnesses[j].place, "a later one fired before an earlier one");
}

void of_one_time_fire_as_they_were_started() {
    std::array<Witness, 5> witnesses;
    const Instant due = now() + Duration::milliseconds(2);
    {
        const InterruptsMasked masked;  // likewise
        for (Witness& witness : witnesses) start_timer(witness.timer, due);
    }
    for (const Witness& witness : witnesses) witness.wait();
    for (std::size_t i = 1; i < witnesses.size(); ++i)
        expect(witnesses[i - 1].place < witnesses[i].place, "the second one was first");
}

void a_stopped_one_does_not_fire() {
    Witness stopped;
    Witness later;
    const Instant start = now();
    start_timer(stopped.timer, start + Duration::seconds(100));
    start_timer(later.timer, start + Duration::milliseconds(3));
    expect(stop_timer(stopped.timer), "a timer that waits can be stopped");
    expect(!stop_timer(stopped.timer), "only once");
    {
        const InterruptsMasked masked;  // however long it takes to get to the stop
        start_timer(stopped.timer, start + Duration::milliseconds(2));
        expect(stop_timer(stopped.timer), "and again, after another start");
    }
    later.wait();
    expect(stopped.times.load() == 0, "it fired all the same");
    expect(!stop_timer(later.timer), "one that has fired waits no more");
}

/// A timer whose function waits for the processor that booted.
struct Caller {
    Timer timer{fire, this};
    std::atomic<bool> runs = false;
    std::atomic<bool> may_call = false;
    std::atomic<bool> called = false;

    static void fire(void* context) {
        auto& self = *static_cast<Caller*>(context);
        self.runs = true;
        while (!self.may_call.load()) arch::wait_a_moment();
        run_on(0, [&] { self.called = true; });
    }
};

void one_that_waits_for_whoever_stops_it_ends() {
    if (processor_count() == 1) return skip("it takes two processors");
    Caller caller;
    run_on(1, [&] { start_timer(caller.timer, now()); });
    {
        const InterruptsMasked masked;
        while (!caller.runs.load()) arch::wait_a_moment();
        caller.may_call = true;
        expect(!stop_timer(caller.timer), "it waited still");
        expect(caller.called.load(), "it is not through");
    }
}

/// A timer that is hardly ever not running.
struct Restless {
    Timer timer{fire, this};
    std::atomic<unsigned> times = 0;

    static void fire(void* context) {
        auto& self = *static_cast<Restless*>(context);
        self.times.fetch_add(1);
        spin(Duration::microseconds(200));
        start_timer(self.timer, now() + Duration::microseconds(20));
    }
};

void one_that_starts_itself_again_can_be_stopped_from_elsewhere() {
    if (processor_count() == 1) return skip("it takes two processors");
    static constinit Restless restless;  // it stays, should the timer do so
    for (int round = 0; round < 5; ++round) {
        const unsigned before = restless.times.load();
        run_on(1, [&] { start_timer(restless.timer, now()); });
        while (restless.times.load() < before + 3) arch::wait_a_moment();
        stop_timer(restless.timer);
        const unsigned stopped = restless.times.load();
        sleep(Duration::milliseconds(2));
        if (restless.times.load() != stopped) return expect(false, "it goes on");
    }
}

struct Beat {
    Timer timer{fire, this};
    std::atomic<unsigned> times = 0;
    Instant due{};
    bool early = false;

    static constexpr unsigned wanted = 10;
    static constexpr auto period = Duration::milliseconds(1);

    static void fire(void* context) {
        auto& self = *static_cast<Beat*>(context);
        if (now() < self.due) self.early = true;
        self.due = self.due + period;
        if (self.times.load() + 1 < wanted) start_timer(self.timer, self.due);
        self.times.fetch_add(1);
    }
};

void one_may_start_itself_again() {
    Beat beat;
    beat.due = now() + Beat::period;
    start_timer(beat.timer, beat.due);
    while (beat.times.load() < Beat::wanted) arch::wait_a_moment();
    expect(!beat.early, "a beat came early");
}

void fire_in_a_handler() {
    Witness witness;
    start_timer(witness.timer, now() + Duration::microseconds(200));
    witness.wait();
    expect(witness.were_masked, "interrupts were enabled");
    expect(witness.depth == 1, "it was no handler that called");
}

void wait_while_interrupts_are_masked() {
    Witness witness;
    {
        const InterruptsMasked masked;
        start_timer(witness.timer, now() + Duration::microseconds(100));
        spin(Duration::milliseconds(2));
        expect(witness.times.load() == 0, "it fired with interrupts masked");
    }
    witness.wait();
}

void hundreds_at_once_all_fire() {
    static constinit std::array<std::atomic<bool>, 300> fired{};
    static constexpr auto mark = [](void* context) { static_cast<std::atomic<bool>*>(context)->store(true); };
    struct Marking : Timer {
        Marking() : Timer(mark, nullptr) {}
    };
    static std::array<Marking, fired.size()> timers;
    const Instant start = now();
    for (std::size_t i = 0; i < fired.size(); ++i) {
        fired[i].store(false);
        timers[i].context = &fired[i];
        // 101 has no factor with 300: each place once, in no order.
        start_timer(timers[i], start + Duration::microseconds(20) * static_cast<std::int64_t>(i * 101 % fired.size()));
    }
    for (const auto& one : fired)
        while (!one.load()) arch::wait_a_moment();
    const auto was_fired = [](const std::atomic<bool>& one) { return one.load(); };
    expect(std::ranges::all_of(fired, was_fired), "some did not fire");
}

void agrees_with_the_boards_counter() {
    const auto reference = ReferenceCounter::find();
    if (!reference) return skip("the board has no counter");
    // Busy hosts interrupt the one comparison that makes the clock exact, and then it is made again.
    while (!clock_is_exact() && now() < Instant(Duration::seconds(10))) sleep(Duration::milliseconds(10));
    expect(clock_is_exact(), "the clock's speed was never compared");
    constexpr std::uint64_t precision = 1000;
    std::optional<std::uint64_t> frequency;
    const Sample first = reference->sample();
    for (int i = 0; i < 20 && !frequency; ++i) {
        spin(Duration::milliseconds(50));
        frequency = compare(first, reference->sample(), reference->facts(), precision);
    }
    if (!frequency) return expect(false, "the two could not be compared");
    const std::uint64_t known = clock_frequency();
    expect(*frequency > known - known / 500 && *frequency < known + known / 500, "they differ by more than 2 in 1000");
}

/// Each beat is a line with its time, which a test on the host holds against its own clock.
void beats_are_logged() {
    const Instant start = now();
    for (int beat = 1; beat <= 20; ++beat) {
        sleep(start + Duration::milliseconds(50) * beat - now());
        log("beat {:02}", beat);
    }
    expect(now() - start >= Duration::seconds(1), "the beats came early");
}

constexpr std::array<KernelTest, 17> time_list = {{
    {"time: never_goes_back", never_goes_back},
    {"time: a_spin_is_never_short", a_spin_is_never_short},
    {"time: a_sleep_is_never_short", a_sleep_is_never_short},
    {"time: a_sleep_is_hardly_too_long", a_sleep_is_hardly_too_long},
    {"time: agrees_with_the_boards_counter", agrees_with_the_boards_counter},
    {"time: beats_are_logged", beats_are_logged},
    {"timers: one_fires_once_and_not_early", a_timer_fires_once_and_not_early},
    {"timers: one_in_the_past_fires_at_once", a_timer_in_the_past_fires_at_once},
    {"timers: fire_in_the_order_of_their_times", fire_in_the_order_of_their_times},
    {"timers: of_one_time_fire_as_they_were_started", of_one_time_fire_as_they_were_started},
    {"timers: a_stopped_one_does_not_fire", a_stopped_one_does_not_fire},
    {"timers: one_that_waits_for_whoever_stops_it_ends", one_that_waits_for_whoever_stops_it_ends},
    {"timers: one_that_starts_itself_again_can_be_stopped_from_elsewhere",
     one_that_starts_itself_again_can_be_stopped_from_elsewhere},
    {"timers: one_may_start_itself_again", one_may_start_itself_again},
    {"timers: fire_in_a_handler", fire_in_a_handler},
    {"timers: wait_while_interrupts_are_masked", wait_while_interrupts_are_masked},
    {"timers: hundreds_at_once_all_fire", hundreds_at_once_all_fire},
}};

}  // namespace

const std::span<const KernelTest> time_tests = time_list;

}  // namespace lintel
