#include "kernel/sync/spin_lock.hpp"

#include "kernel/processors/shoot_down.hpp"
#include "kernel/processors/stop.hpp"

namespace lintel {

void SpinLock::wait_for(std::uint32_t ticket) {
    const std::uint64_t since = arch::timestamp();
    bool reported = false;
    while (serving_.load(std::memory_order_acquire) != ticket) {
        if (is_last_processor()) return;
        // Who holds the lock may wait for every processor to forget a mapping, this one among them.
        serve_flush();
        if constexpr (checks) reported = reported || report_long_wait(*this, since);
        arch::wait_a_moment();
    }
}

}  // namespace lintel
