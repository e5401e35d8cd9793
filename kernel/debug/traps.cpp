// See the header.
// Invariant: the stacks that traps come with are used for nothing else.
#include "kernel/debug/traps.hpp"

#include <atomic>

#include "arch/traps.hpp"
#include "kernel/debug/panic.hpp"
#include "kernel/interrupts/interrupts.hpp"
#include "kernel/log.hpp"
#include "kernel/memory/lazy.hpp"
#include "kernel/memory/stacks.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/processors/stop.hpp"

namespace lintel {
namespace {

constexpr std::array<std::string_view, arch::trap_stack_count> names = {"double fault", "NMI", "machine check",
                                                                        "page fault"};
constexpr std::size_t early_bytes = 4 * page_size;

/// For all of them until there is memory: a second trap overwrites the first one's report, which nothing returns to.
alignas(16) constinit std::array<std::byte, early_bytes> early_stack{};

constinit std::atomic<Breakpoints> breakpoints = Breakpoints::logged;
constinit std::atomic<bool (*)()> nmi_answer = nullptr;

bool answer_nmi() {
    const auto answer = nmi_answer.load(std::memory_order_acquire);
    return answer != nullptr && answer();
}

}  // namespace

void treat_breakpoints(Breakpoints how) { breakpoints = how; }

void answer_nmis(bool (*answer)()) { nmi_answer.store(answer, std::memory_order_release); }

void open_traps() {
    this_processor().trap_stacks.fill(VirtAddr(reinterpret_cast<std::uint64_t>(early_stack.data())) + early_bytes);
    install_own_traps();
}

Result<std::array<VirtAddr, arch::trap_stack_count>> make_trap_stacks() {
    std::array<VirtAddr, arch::trap_stack_count> tops;
    for (std::size_t i = 0; i < tops.size(); ++i) tops[i] = TRY(make_kernel_stack(names[i])).top();
    return tops;
}

Status guard_trap_stacks() {
    this_processor().trap_stacks = TRY(make_trap_stacks());
    install_own_traps();
    return {};
}

void install_own_traps() {
    Processor& here = this_processor();
    arch::install_traps(here.traps, here.trap_stacks);
}

void arch::handle_trap(TrapFrame& frame) {
    const TrapFacts facts = facts_of(frame);
    switch (facts.trap) {
        case Trap::interrupt:
            return handle_interrupt(facts.vector);
        case Trap::non_maskable_interrupt:
            if (answer_stop() || answer_nmi()) return;
            panic_in_trap(frame);
        case Trap::breakpoint:
            if (breakpoints == Breakpoints::logged) log("breakpoint before {}", facts.instruction);
            return;
        case Trap::page_fault:
            if (facts.not_mapped && commit_lazily(*facts.address)) return;
            panic_in_trap(frame);
        default:
            panic_in_trap(frame);
    }
}

}  // namespace lintel
