#include "kernel/processors/start.hpp"

#include <array>
#include <new>

#include "arch/arch.hpp"
#include "arch/paging.hpp"
#include "kernel/debug/traps.hpp"
#include "kernel/interrupts/local_apic.hpp"
#include "kernel/log.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/processors/calls.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/time/timers.hpp"
#include "protocol/limine.hpp"

namespace lintel {
namespace {

using Mp = limine::Mp<limine::LocalApicMode::x2apic>;

/// Ticks of the time-stamp counter without one more processor's arrival: seconds, since virtual ones share a host.
constexpr std::uint64_t patience = 20'000'000'000;

constinit std::array<Processor*, most_processors> started{};
/// All of the loader's list are dealt with; it is gone when the loader's memory is reclaimed.
constinit bool none_parked = false;

/// What a processor does that has nothing to do.
[[noreturn]] void idle() {
    join_local_apic();
    join_timers();
    Processor& here = this_processor();
    here.arrived.store(true, std::memory_order_release);
    for (;;) {
        // Masked, so that nothing comes between the look and the sleep.
        arch::disable_interrupts();
        if (here.work.empty()) {
            arch::enable_and_wait_for_interrupt();
        } else {
            arch::enable_interrupts();
            here.work.serve();
        }
    }
}

/// A processor's first step in the kernel, on the loader's stack, which the direct map reaches.
void enter(limine::Processor* place) {
    // Safety: start_processors() made it what release() hands over.
    auto& self = *reinterpret_cast<Processor*>(place->extra_argument);
    arch::install_page_tables(kernel_tables().root());
    arch::set_processor_local(&self);
    arch::turn_on_protections();
    install_own_traps();
    arch::run_on_stack(self.stack.top(), idle);
}

Result<Processor*> make_processor(unsigned number, const limine::Processor& place) {
    static_assert(sizeof(Processor) <= page_size);
    const auto frame = frames().allocate();
    if (!frame) return fail(ErrorCode::out_of_memory, "no memory for a processor's data");
    // Safety: a whole frame, ours alone.
    auto* made = new (direct_map().pointer<void>(*frame)) Processor{};
    made->self = made;
    made->number = number;
    made->acpi_uid = place.acpi_id;
    made->stack = TRY(make_kernel_stack("idle"));
    made->trap_stacks = TRY(make_trap_stacks());
    return made;
}

/// How many arrive, from `started[1]` on and without a gap.
unsigned wait_for_arrivals(unsigned count) {
    unsigned number = 1;
    for (std::uint64_t since = arch::timestamp(); number < count && arch::timestamp() - since < patience;) {
        if (started[number]->arrived.load(std::memory_order_acquire)) {
            add_processor(*started[number++]);
            since = arch::timestamp();
        }
        arch::wait_a_moment();
    }
    return number;
}

void retire(limine::Processor& place) {
    place.release([](limine::Processor* self) { arch::retire(PhysAddr(self->extra_argument)); },
                  arch::current_page_tables().value());
}

}  // namespace

void start_processors() {
    open_calls();
    const auto* response = limine::request<Mp>.response();
    if (response == nullptr) return log("processors: 1, the loader hands over no others");
    unsigned count = 1;
    for (limine::Processor* place : response->view()) {
        if (place->lapic_id == response->bsp_lapic_id) {
            this_processor().acpi_uid = place->acpi_id;
            continue;
        }
        const auto made = count == most_processors
                              ? fail(ErrorCode::out_of_memory, "there are more than the kernel has room for")
                              : make_processor(count, *place);
        if (!made) {
            log_warning("the processor with APIC ID {} is not started: {}", place->lapic_id, made.error().text);
            retire(*place);
            continue;
        }
        started[count++] = *made;
        place->release(enter, reinterpret_cast<std::uint64_t>(*made));
    }
    none_parked = true;
    const unsigned came = wait_for_arrivals(count);
    if (came != count) log_warning("processor {} does not come: those from it on stay idle", came);
    log("processors: {}", came);
}

void retire_parked() {
    if (none_parked) return;
    const auto* response = limine::request<Mp>.response();
    if (response == nullptr) return;
    for (limine::Processor* place : response->view())
        if (place->lapic_id != response->bsp_lapic_id && place->goto_address == nullptr) retire(*place);
}

}  // namespace lintel
