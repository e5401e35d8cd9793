#include "kernel/sync/lock_checks.hpp"

#include <algorithm>

#include "arch/arch.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "kernel/log.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/processors/stop.hpp"
#include "kernel/sync/lock_order.hpp"
#include "kernel/sync/spin_lock.hpp"

namespace lintel {
namespace {

constinit LockOrder order;
constinit std::atomic<std::uint64_t> patience = 5'000'000'000;
constinit std::atomic<unsigned> reported = 0;

using Words = TextBuffer<240>;

template <class... Args>
Words sentence(FormatString<std::type_identity_t<Args>...> format, const Args&... args) {
    Words words;
    print(words, format, args...);
    return words;
}

/// The callers say more than this place.
[[noreturn]] void give_up(const Words& why) { panic(why.text(), {}); }

TextBuffer<120> place_of(std::source_location at) {
    TextBuffer<120> words;
    print(words, "{}:{}", at.file_name(), at.line());
    return words;
}

std::optional<unsigned> number_of(SpinLock& lock) {
    std::atomic<unsigned>& known = lock.state().name_number;
    if (known.load(std::memory_order_relaxed) != LockState::nobody) return known.load(std::memory_order_relaxed);
    const auto number = order.number_of(lock.name());
    if (number) known.store(*number, std::memory_order_relaxed);
    return number;
}

/// "a, then b, then c": the way that has been recorded from `first` to `last`.
void write_way(Words& words, unsigned first, unsigned last) {
    words.write(order.name(first));
    for (unsigned at = first, steps = 0; at != last && steps < LockOrder::most_names; ++steps) {
        at = order.next_on_way(at, last);
        print(words, ", then {}", order.name(at));
    }
}

void check_order(SpinLock& lock, const HeldLocks& held) {
    const auto second = number_of(lock);
    if (!second) return;  // more names than there is room for: they go unchecked
    for (std::size_t i = 0; i < held.count; ++i) {
        const auto first = number_of(*held.locks[i].lock);
        if (!first || order.record(*first, *second)) continue;
        if (*first == *second) give_up(sentence("lock order: two locks named {} are held at once", lock.name()));
        Words way;
        write_way(way, *second, *first);
        give_up(sentence("lock order: {} is taken while {} is held, and elsewhere {}", lock.name(), order.name(*first),
                         way.text()));
    }
}

}  // namespace

void check_before_lock(SpinLock& lock) {
    if (is_last_processor()) return;
    Processor& here = this_processor();
    if (lock.state().holder.load(std::memory_order_relaxed) == here.number)
        give_up(sentence("the lock {} is taken twice by processor {}, first at {}", lock.name(), here.number,
                         place_of(lock.state().taken_at).text()));
    check_order(lock, here.held);
}

void note_lock(SpinLock& lock, std::source_location at) {
    Processor& here = this_processor();
    lock.state().holder.store(here.number, std::memory_order_relaxed);
    lock.state().taken_at.store(at, std::memory_order_relaxed);
    if (is_last_processor()) return;
    HeldLocks& held = here.held;
    if (held.count == HeldLocks::most) give_up(sentence("processor {} holds too many locks at once", here.number));
    held.locks[held.count++] = {&lock, at};
}

void check_before_unlock(SpinLock& lock) {
    Processor& here = this_processor();
    const unsigned holder = lock.state().holder.exchange(LockState::nobody, std::memory_order_relaxed);
    if (is_last_processor()) return;
    if (holder != here.number) {
        if (holder == LockState::nobody) give_up(sentence("the lock {}, which nobody holds, is released", lock.name()));
        give_up(sentence("the lock {}, taken by processor {}, is released by processor {}", lock.name(), holder,
                         here.number));
    }
    // Mostly the last one; locks may be released in any order.
    HeldLocks& held = here.held;
    std::size_t at = held.count - 1;
    while (held.locks[at].lock != &lock) --at;
    std::shift_left(held.locks.begin() + static_cast<std::ptrdiff_t>(at),
                    held.locks.begin() + static_cast<std::ptrdiff_t>(held.count), 1);
    --held.count;
}

bool report_long_wait(SpinLock& lock, std::uint64_t since) {
    Processor& here = this_processor();
    // A wait within the report is not reported: the log has a lock, too.
    if (here.reports_wait || arch::timestamp() - since < patience.load(std::memory_order_relaxed)) return false;
    here.reports_wait = true;
    reported.fetch_add(1, std::memory_order_relaxed);
    const unsigned holder = lock.state().holder.load(std::memory_order_relaxed);
    if (holder != LockState::nobody)
        log_warning("the lock {} is held for long: processor {} waits for it, processor {} took it at {}", lock.name(),
                    here.number, holder, place_of(lock.state().taken_at).text());
    else
        log_warning("the lock {} is wanted by many: processor {} waits for it, and nobody holds it at the moment",
                    lock.name(), here.number);
    here.reports_wait = false;
    return true;
}

void require_no_lock(std::string_view what, std::size_t expected) {
    const HeldLocks& held = this_processor().held;
    if (held.count <= expected || is_last_processor()) return;
    const HeldLocks::Held& last = held.locks[held.count - 1];
    give_up(sentence("{} while the lock {}, taken at {}, is held", what, last.lock->name(),
                     place_of(last.taken_at).text()));
}

std::size_t held_locks() { return this_processor().held.count; }

std::uint64_t set_lock_patience(std::uint64_t ticks) { return patience.exchange(ticks); }

unsigned long_waits() { return reported.load(); }

}  // namespace lintel
