// What a kernel that checks itself (kernel/checks.hpp) knows of its locks: who holds which, taken where, in which
// order. A lock used wrongly is a panic that names the lock and the processors. Invariant: from the time on that one
// processor is the last one (kernel/processors/stop.hpp), nothing is checked: what the others held, they hold for ever.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <source_location>
#include <string_view>

namespace lintel {

class SpinLock;

/// The locks that one processor holds, in the order in which it took them. Only it writes them.
struct HeldLocks {
    static constexpr std::size_t most = 16;
    struct Held {
        SpinLock* lock;
        std::source_location taken_at;
    };
    std::array<Held, most> locks{};
    std::size_t count = 0;
};

/// What a lock knows of itself; kept up where the kernel checks itself.
struct LockState {
    static constexpr unsigned nobody = ~0U;
    std::atomic<unsigned> holder = nobody;  // a processor's number
    std::atomic<std::source_location> taken_at{};
    std::atomic<unsigned> name_number = nobody;  // in the order of locks
};

// Called by SpinLock. `at` is the code that takes the lock.
void check_before_lock(SpinLock& lock);
void note_lock(SpinLock& lock, std::source_location at);
void check_before_unlock(SpinLock& lock);

/// Logs that a lock has been waited for since `since`, where that is too long. Whether it did.
bool report_long_wait(SpinLock& lock, std::uint64_t since);

/// Panics where this processor holds more than `expected` locks: "an interrupt comes while the lock ... is held".
void require_no_lock(std::string_view what, std::size_t expected = 0);

/// How many locks this processor holds.
std::size_t held_locks();

/// How long, in ticks of the time-stamp counter, a lock may be waited for before it is reported; gives what it was.
std::uint64_t set_lock_patience(std::uint64_t ticks);

/// How many waits have been reported.
unsigned long_waits();

}  // namespace lintel
