#include "kernel/processors/shoot_down.hpp"

#include <atomic>

#include "arch/arch.hpp"
#include "arch/local_apic.hpp"
#include "arch/paging.hpp"
#include "kernel/interrupts/interrupts.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/processors/stop.hpp"
#include "kernel/sync/spin_lock.hpp"

namespace lintel {
namespace {

/// From how many pages on forgetting everything costs less.
constexpr std::uint64_t few_pages = 32;

constinit SpinLock lock("TLB shoot-down");

/// What is to be forgotten now; who holds the lock writes it.
constinit VirtAddr wanted_begin;
constinit std::uint64_t wanted_length = 0;
constinit std::atomic<unsigned> not_done = 0;

void flush_here(VirtAddr begin, std::uint64_t length) {
    const VirtAddr end = (begin + length).page_up();
    begin = begin.page_down();
    if (end - begin > few_pages * page_size) return arch::flush_all();
    for (; begin < end; begin += page_size) arch::flush_page(begin);
}

}  // namespace

void flush_everywhere(VirtAddr begin, std::uint64_t length) {
    // In the end there is one processor, and it may have stopped the one that held the lock.
    if (processor_count() == 1 || is_last_processor()) return flush_here(begin, length);
    const Locked locked(lock);
    const unsigned self = this_processor().number;
    const unsigned count = processor_count();
    wanted_begin = begin;
    wanted_length = length;
    not_done.store(count - 1, std::memory_order_relaxed);
    for (unsigned number = 0; number < count; ++number) {
        if (number == self) continue;
        Processor& other = processor(number);
        other.flush_wanted.store(true, std::memory_order_release);
        arch::send_interrupt(other.apic_id, call_vector);
    }
    flush_here(begin, length);
    while (not_done.load(std::memory_order_acquire) != 0) arch::wait_a_moment();
}

void serve_flush() {
    Processor& here = this_processor();
    if (!here.flush_wanted.load(std::memory_order_relaxed)) return;
    // Exchanged: an interrupt may come in between and do it.
    if (!here.flush_wanted.exchange(false, std::memory_order_acquire)) return;
    flush_here(wanted_begin, wanted_length);
    not_done.fetch_sub(1, std::memory_order_release);
}

}  // namespace lintel
