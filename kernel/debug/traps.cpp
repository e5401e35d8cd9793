// See the header.
// Invariant: the stacks that traps come with are used for nothing else.
#include "kernel/debug/traps.hpp"

#include "arch/traps.hpp"
#include "kernel/debug/panic.hpp"
#include "kernel/log.hpp"

namespace lintel {
namespace {

constexpr std::size_t stack_bytes = 4 * page_size;

struct alignas(page_size) Stack {
    std::array<std::byte, stack_bytes> room;
};

constinit std::array<Stack, arch::trap_stack_count> stacks{};
constinit arch::TrapTables tables{};

}  // namespace

void open_traps() {
    std::array<VirtAddr, arch::trap_stack_count> tops;
    for (std::size_t i = 0; i < stacks.size(); ++i)
        tops[i] = VirtAddr(reinterpret_cast<std::uint64_t>(&stacks[i])) + stack_bytes;
    arch::install_traps(tables, tops);
}

void arch::handle_trap(TrapFrame& frame) {
    const TrapFacts facts = facts_of(frame);
    if (facts.trap != Trap::breakpoint) panic_in_trap(frame);
    log("breakpoint before {}", facts.instruction);
}

}  // namespace lintel
