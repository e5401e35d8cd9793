#include "kernel/interrupts/interrupts.hpp"

#include <array>
#include <atomic>

#include "arch/local_apic.hpp"
#include "kernel/log.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/sync/spin_lock.hpp"

namespace lintel {
namespace {

constexpr unsigned vector_count = 256;

struct Entry {
    std::string_view name{};
    std::atomic<InterruptHandler> handler = nullptr;
    void* context = nullptr;
    std::atomic<std::uint64_t> count = 0;
};

constinit std::array<Entry, vector_count> entries{};
constinit SpinLock lock("interrupt handlers");

/// With the lock held. The handler comes last: an interrupt that arrives meanwhile sees the rest with it.
void fill(Entry& entry, std::string_view name, InterruptHandler handler, void* context) {
    entry.name = name;
    entry.context = context;
    entry.handler.store(handler, std::memory_order_release);
}

}  // namespace

void set_interrupt_handler(unsigned vector, std::string_view name, InterruptHandler handler, void* context) {
    const Locked locked(lock);
    ensure(entries[vector].handler.load() == nullptr, "an interrupt vector is taken twice");
    fill(entries[vector], name, handler, context);
}

Result<unsigned> add_interrupt_handler(std::string_view name, InterruptHandler handler, void* context) {
    const Locked locked(lock);
    for (unsigned vector = first_device_vector; vector <= last_device_vector; ++vector) {
        if (entries[vector].handler.load() != nullptr) continue;
        fill(entries[vector], name, handler, context);
        return vector;
    }
    return fail(ErrorCode::out_of_memory, "all interrupt vectors are taken");
}

void handle_interrupt(unsigned vector) {
    Entry& entry = entries[vector];
    const std::uint64_t before = entry.count.fetch_add(1, std::memory_order_relaxed);
    const InterruptHandler handler = entry.handler.load(std::memory_order_acquire);
    Processor& here = this_processor();
    if constexpr (checks) require_no_lock("an interrupt comes");
    ++here.interrupt_depth;
    if (handler != nullptr)
        handler(entry.context);
    else if (before == 0 && vector != spurious_vector)
        log("an interrupt that nobody handles: vector {}", vector);
    if constexpr (checks) require_no_lock("an interrupt handler returns");
    // The local APIC does not know of those that it calls spurious (Intel SDM vol. 3A, 11.9).
    if (vector != spurious_vector) arch::end_of_interrupt();
    --here.interrupt_depth;
}

void for_each_interrupt(void (*visit)(const InterruptCount&, void*), void* context) {
    for (unsigned vector = 0; vector < vector_count; ++vector) {
        const Entry& entry = entries[vector];
        const std::uint64_t count = entry.count.load(std::memory_order_relaxed);
        const bool handled = entry.handler.load(std::memory_order_acquire) != nullptr;
        if (handled || count != 0) visit({vector, handled ? entry.name : std::string_view{}, count}, context);
    }
}

}  // namespace lintel
