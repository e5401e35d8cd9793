#include "kernel/processors/stop.hpp"

#include <atomic>

#include "arch/arch.hpp"
#include "arch/local_apic.hpp"
#include "kernel/hlt_loop.hpp"
#include "kernel/log.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/processors/start.hpp"

namespace lintel {
namespace {

constexpr unsigned nobody = ~0U;
constinit std::atomic<unsigned> last = nobody;

/// Ticks of the time-stamp counter: seconds, since a virtual processor may have to wait for its turn.
constexpr std::uint64_t patience = 10'000'000'000;

[[noreturn]] void stop_here() {
    this_processor().stopped.store(true, std::memory_order_release);
    hlt_loop();
}

unsigned count_running() {
    unsigned running = 0;
    for (unsigned number = 0; number < processor_count(); ++number)
        if (number != this_processor().number && !processor(number).stopped.load(std::memory_order_acquire)) ++running;
    return running;
}

}  // namespace

void stop_others() {
    arch::disable_interrupts();
    unsigned before = nobody;
    const unsigned self = this_processor().number;
    if (!last.compare_exchange_strong(before, self)) {
        if (before == self) return;
        stop_here();
    }
    retire_parked();
    for (unsigned number = 0; number < processor_count(); ++number)
        if (number != self) arch::send_nmi(processor(number).apic_id);
    const std::uint64_t since = arch::timestamp();
    while (count_running() != 0 && arch::timestamp() - since < patience) arch::wait_a_moment();
}

bool is_last_processor() { return last.load(std::memory_order_relaxed) == this_processor().number; }

bool answer_stop() {
    const unsigned who = last.load(std::memory_order_acquire);
    if (who == nobody) return false;
    if (who != this_processor().number) stop_here();
    return true;
}

}  // namespace lintel
