#include "kernel/sync/spin_lock.hpp"

#include "kernel/processors/shoot_down.hpp"
#include "kernel/processors/stop.hpp"

namespace lintel {
namespace {

enum class Manner : std::uint8_t { in_turns, as_it_comes };
constinit Manner manner = Manner::in_turns;

}  // namespace

void SpinLock::suit_machine() { manner = arch::is_virtual_machine() ? Manner::as_it_comes : Manner::in_turns; }

void SpinLock::wait() {
    if (manner == Manner::as_it_comes) return wait_until([&] { return take_if_free(); });
    const std::uint32_t ticket = next_.fetch_add(1, std::memory_order_relaxed);
    wait_until([&] { return serving_.load(std::memory_order_acquire) == ticket; });
}

template <class Done>
void SpinLock::wait_until(Done done) {
    const std::uint64_t since = arch::timestamp();
    bool reported = false;
    while (!done()) {
        if (is_last_processor()) return;
        // Who holds the lock may wait for every processor to forget a mapping, this one among them.
        serve_flush();
        if constexpr (checks) reported = reported || report_long_wait(*this, since);
        arch::wait_a_moment();
    }
}

}  // namespace lintel
