// Everything at once, on all processors, at random: blocks of the heap, frames, memory that comes as it is touched and
// goes again, calls, timers, a lock, the log. `soak=SECONDS` on the command line says how long, otherwise one second:
// docs/kernel.md, "Builds and tests".
#include <array>
#include <atomic>
#include <charconv>

#include "arch/arch.hpp"
#include "kernel/command_line.hpp"
#include "kernel/hand_over.hpp"
#include "kernel/log.hpp"
#include "kernel/memory/heap.hpp"
#include "kernel/memory/lazy.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/processors/calls.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/sync/spin_lock.hpp"
#include "kernel/tests/random_blocks.hpp"
#include "kernel/tests/tests.hpp"
#include "kernel/time/time.hpp"
#include "kernel/time/timers.hpp"

namespace lintel {
namespace {

constinit SpinLock lock("soak");
constinit std::uint64_t under_lock = 0;  // not atomic: the lock is what keeps it right

/// What all processors have done, as each counted it.
struct Totals {
    std::atomic<std::uint64_t> blocks = 0;
    std::atomic<std::uint64_t> frames = 0;
    std::atomic<std::uint64_t> ranges = 0;
    std::atomic<std::uint64_t> calls = 0;
    std::atomic<std::uint64_t> called = 0;
    std::atomic<std::uint64_t> sleeps = 0;
    std::atomic<std::uint64_t> locked = 0;
    std::atomic<std::uint64_t> lines = 0;
};

class Soaking {
public:
    Soaking(Totals& totals, unsigned number) : totals_(totals), number_(number), random_(number * 7919 + 1) {}

    void step() {
        const std::uint64_t chance = random_.below(1000);
        if (chance < 700) return block();
        if (chance < 850) return frame();
        if (chance < 950) return count_under_lock();
        if (chance < 980) return call();
        if (chance < 994) return range();
        if (chance < 999) return nap();
        line();
    }

    void finish() {
        for (Stamped& one : blocks_)
            if (one.words != nullptr) expect(one.drop(), "a block of the heap changed");
    }

private:
    void block() {
        Stamped& one = blocks_[random_.below(blocks_.size())];
        const std::uint64_t stamp = std::uint64_t{number_} << 48 | ++totals_.blocks;
        if (one.words != nullptr) return expect(one.drop(), "a block of the heap changed");
        expect(one.make(random_, stamp), "the heap has no block");
    }

    void frame() {
        const auto frame = frames().allocate(static_cast<unsigned>(random_.below(4)));
        if (!frame) return expect(false, "there is no frame");
        auto* word = direct_map().pointer<volatile std::uint64_t>(*frame);
        const std::uint64_t stamp = std::uint64_t{number_} << 48 | ++totals_.frames;
        *word = stamp;
        arch::wait_a_moment();
        expect(*word == stamp, "a frame is somebody else's, too");
        const auto order = frames().order_of(*frame);
        expect(order.has_value(), "a frame in use has no order");
        frames().free(*frame, order.value_or(0));
    }

    /// Faults bring its pages, and releasing it has all processors forget them.
    void range() {
        const auto range = reserve_lazily((1 + random_.below(8)) * page_size);
        if (!range) return;  // so many at once there need not be
        for (VirtAddr page = range->begin; page < range->end; page += page_size) {
            auto* word = reinterpret_cast<volatile std::uint64_t*>(page.value());
            expect(*word == 0, "memory that came when it was touched is not zero");
            *word = page.value() + number_;
            expect(*word == page.value() + number_, "memory does not keep what is written");
        }
        release_lazily(*range);
        ++totals_.ranges;
    }

    void call() {
        const auto to = static_cast<unsigned>(random_.below(processor_count()));
        unsigned ran_on = ~0U;
        run_on(to, [&] {
            ran_on = this_processor().number;
            ++totals_.called;
        });
        expect(ran_on == to, "a call did not run where it should have");
        ++totals_.calls;
    }

    void nap() {
        const Instant before = now();
        const auto duration = Duration::microseconds(static_cast<std::int64_t>(random_.below(2000)));
        sleep(duration);
        expect(now() - before >= duration, "a sleep ended early");
        ++totals_.sleeps;
    }

    void count_under_lock() {
        const Locked locked(lock);
        ++under_lock;
        ++totals_.locked;
    }

    void line() {
        log_debug("soak: processor {}", number_);
        ++totals_.lines;
    }

    Totals& totals_;
    unsigned number_;
    Random random_;
    std::array<Stamped, 64> blocks_{};
};

Duration wanted_duration() {
    std::int64_t seconds = 1;
    if (const auto text = option(command_line(), "soak"))
        std::from_chars(text->data(), text->data() + text->size(), seconds);
    return Duration::seconds(seconds);
}

void everything_at_once_goes_well() {
    const std::uint64_t lazily_before = lazily_committed();
    const std::uint64_t moment = heap_moment();
    Totals totals;
    under_lock = 0;
    const Instant end = now() + wanted_duration();
    work_on_each([&] {
        Soaking soaking(totals, this_processor().number);
        while (now() < end) soaking.step();
        soaking.finish();
    });
    check_heap();
    expect_equal(totals.called.load(), totals.calls.load(), "the number of calls that ran");
    expect_equal(under_lock, totals.locked.load(), "what was counted with the lock held");
    expect_equal(lazily_committed(), lazily_before, "the number of pages that came when they were touched");
    expect_equal(log_leaks(moment), std::uint64_t{0}, "the number of blocks that nobody freed");
    log("soak: {} steps of the heap, {} frames, {} ranges, {} calls, {} sleeps, {} times locked, {} lines",
        totals.blocks.load(), totals.frames.load(), totals.ranges.load(), totals.calls.load(), totals.sleeps.load(),
        totals.locked.load(), totals.lines.load());
}

constexpr std::array<KernelTest, 1> soak_list = {{
    {"soak: everything_at_once_goes_well", everything_at_once_goes_well},
}};

}  // namespace

const std::span<const KernelTest> soak_tests = soak_list;

}  // namespace lintel
