// From the firmware's world into the executable's: "Machine State at Entry" and "Caching" of the Limine boot
// protocol, base revision 5 and later, x86-64.
// Invariant: at every instruction of enter.S the page tables in use map the code and the data that it touches.
#include "arch/enter.hpp"

#include <cpuid.h>

#include "arch/arch.hpp"
#include "arch/x86_64/cpuid.hpp"
#include "arch/x86_64/passage.hpp"
#include "arch/x86_64/registers.hpp"
#include "arch/x86_64/trampoline.hpp"

namespace lintel::arch {
namespace {

constexpr std::uint64_t frame_bits = 0x000ffffffffff000;
constexpr std::uint64_t table_entry = 3;  // present, writable

bool has_page_attributes() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (d & (1U << 16)) != 0;
}

}  // namespace

PagingFacts paging_facts() {
    constexpr std::uint32_t la57 = 1 << 16;  // Intel SDM vol. 2A, CPUID 07H
    return {.in_use = levels_in_use(),
            .most = (cpuid(7).c & la57) != 0 ? Levels::five : Levels::four,
            .no_execute = has_no_execute()};
}

Frame frame_for(const Passage& passage, VirtAddr stack_top, VirtAddr entry, VirtAddr parking) {
    return {.scratch = passage.scratch.value(),
            .root = passage.root.value(),
            .hhdm = passage.hhdm,
            .stack_top = stack_top.value(),
            .descriptors = passage.descriptors.value(),
            .entry = entry.value(),
            .parking = parking.value()};
}

void build_scratch_tables(const Passage& passage) {
    // Safety: the roots and the scratch page are whole frames of table entries, and memory is identity-mapped.
    DirectMap identity;
    auto* scratch = identity.pointer<std::uint64_t>(passage.scratch);
    const auto* above = identity.pointer<const std::uint64_t>(passage.root);
    PhysAddr root(read_cr3() & frame_bits);
    const auto* below = identity.pointer<const std::uint64_t>(root);
    for (std::size_t i = 256; i < 512; ++i) scratch[i] = above[i];
    if (levels_in_use() < passage.levels) {
        // All that four levels reach is what the first entry of a fifth does.
        scratch[0] = root.value() | table_entry;
        for (std::size_t i = 1; i < 256; ++i) scratch[i] = 0;
        return;
    }
    if (levels_in_use() > passage.levels)
        below = identity.pointer<const std::uint64_t>(PhysAddr(below[0] & frame_bits));
    for (std::size_t i = 0; i < 256; ++i) scratch[i] = below[i];
}

void set_registers() {
    if (has_page_attributes()) write_msr(msr_pat, page_attributes);
    // Also ends global pages, so that nothing of the firmware's stays in the TLB.
    write_cr4(cr4_for(levels_in_use()));
    // LMA is only reported, never written; NXE before any table that uses it.
    write_msr(msr_efer, efer_for_tables() | efer_long_mode_active);
    write_back_and_invalidate_caches();
}

void enter(const HandOver& hand_over) {
    disable_interrupts();
    const Passage& passage = hand_over.passage;
    build_scratch_tables(passage);
    set_registers();
    Frame frame = frame_for(passage, hand_over.stack_top, hand_over.entry, VirtAddr());
    if (levels_in_use() == passage.levels) lintel_enter(&frame);
    // Between four and five levels one must leave long mode (Intel SDM vol. 3A, 4.1.2).
    leave_through_trampoline(*passage.level_switch, {.root = passage.scratch,
                                                     .levels = passage.levels,
                                                     .target = reinterpret_cast<std::uint64_t>(&lintel_enter),
                                                     .argument = &frame});
}

}  // namespace lintel::arch
