// Kinds of locks side by side, wanted by all processors at once: the kernel's own, one that goes strictly by turns
// (tickets), and a queue in which each waits at a place of its own (MCS: Mellor-Crummey and Scott, 1991). Their figures
// are in the log, and what they mean is in docs/performance.md.
#include <algorithm>
#include <array>
#include <atomic>

#include "arch/arch.hpp"
#include "kernel/log.hpp"
#include "kernel/processors/calls.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/sync/spin_lock.hpp"
#include "kernel/tests/tests.hpp"
#include "kernel/time/time.hpp"

namespace lintel {
namespace {

class OwnLock {
public:
    template <class Act>
    void hold(Act act) {
        const Locked locked(lock_);
        act();
    }

private:
    SpinLock lock_{"kinds of locks"};
};

class TicketLock {
public:
    template <class Act>
    void hold(Act act) {
        const InterruptsMasked masked;
        const unsigned ticket = next_.fetch_add(1, std::memory_order_relaxed);
        while (serving_.load(std::memory_order_acquire) != ticket) arch::wait_a_moment();
        act();
        serving_.store(ticket + 1, std::memory_order_release);
    }

private:
    std::atomic<unsigned> next_ = 0;
    std::atomic<unsigned> serving_ = 0;
};

class QueueLock {
public:
    template <class Act>
    void hold(Act act) {
        const InterruptsMasked masked;
        Place mine;
        if (Place* const before = last_.exchange(&mine, std::memory_order_acq_rel)) {
            before->next.store(&mine, std::memory_order_release);
            while (!mine.turn.load(std::memory_order_acquire)) arch::wait_a_moment();
        }
        act();
        Place* expected = &mine;
        if (last_.compare_exchange_strong(expected, nullptr, std::memory_order_release)) return;
        Place* next = nullptr;
        while ((next = mine.next.load(std::memory_order_acquire)) == nullptr) arch::wait_a_moment();
        next->turn.store(true, std::memory_order_release);
    }

private:
    struct Place {
        std::atomic<Place*> next = nullptr;
        std::atomic<bool> turn = false;
    };
    std::atomic<Place*> last_ = nullptr;
};

/// Has all processors hold one lock again and again for a while, and says how often they got it.
template <class Lock>
void compare(std::string_view name) {
    constexpr unsigned alone_turns = 1000;
    const Duration together = Duration::milliseconds(300);
    static constinit std::array<std::uint64_t, most_processors> turns{};
    Lock lock;
    // Volatile: each of the steps is taken, and two processors at once would be seen to.
    volatile std::uint64_t held = 0;
    const auto use = [&] {
        for (int i = 0; i < 10; ++i) held = held + 1;
    };
    const std::uint64_t before = arch::timestamp();
    for (unsigned i = 0; i < alone_turns; ++i) lock.hold([] {});
    const std::uint64_t alone = (arch::timestamp() - before) / alone_turns;

    turns.fill(0);
    const Instant end = now() + together;
    work_on_each([&] {
        std::uint64_t own = 0;
        for (; now() < end; ++own) lock.hold(use);
        turns[this_processor().number] = own;
    });
    const auto used = std::span(turns).first(processor_count());
    std::uint64_t sum = 0;
    for (const std::uint64_t one : used) sum += one;
    log("{}: {} ticks alone; together {} turns a second, of one processor {} to {}", name, alone, sum * 10 / 3,
        *std::ranges::min_element(used) * 10 / 3, *std::ranges::max_element(used) * 10 / 3);
    expect_equal(std::uint64_t{held}, sum * 10, "what was counted with the lock held");
}

void each_kind_lets_in_one_at_a_time() {
    compare<OwnLock>("lock of the kernel");
    compare<TicketLock>("ticket lock");
    compare<QueueLock>("queue lock");
}

constexpr std::array<KernelTest, 1> lock_kinds_list = {{
    {"locks: each_kind_lets_in_one_at_a_time", each_kind_lets_in_one_at_a_time},
}};

}  // namespace

const std::span<const KernelTest> lock_kinds_tests = lock_kinds_list;

}  // namespace lintel
