// From the firmware's world into the executable's: "Machine State at Entry" and "Caching" of the Limine boot
// protocol, base revision 5 and later, x86-64.
// Invariant: at every instruction of enter.S the page tables in use map the code and the data that it touches.
#include "arch/enter.hpp"

#include <cpuid.h>

#include "arch/arch.hpp"
#include "arch/x86_64/passage.hpp"
#include "arch/x86_64/registers.hpp"
#include "arch/x86_64/trampoline.hpp"

namespace lintel::arch {
namespace {

constexpr std::uint64_t frame_bits = 0x000ffffffffff000;

// PAT0..5 as the protocol fixes them: WB, WT, UC-, UC, WP, WC (encodings: Intel SDM vol. 3A, 12.12.2); 6 and 7 UC.
constexpr std::uint64_t page_attributes = 0x0000'0105'0007'0406;

bool has_no_execute() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(0x80000001, &a, &b, &c, &d) != 0 && (d & (1U << 20)) != 0;
}

bool has_page_attributes() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (d & (1U << 16)) != 0;
}

}  // namespace

Status can_enter() {
    if (!has_no_execute()) return fail(ErrorCode::unsupported, "this processor cannot protect pages from execution");
    // Between four and five levels one must leave long mode (Intel SDM vol. 3A, 4.1.2).
    if ((read_cr4() & cr4_la57) != 0)
        return fail(ErrorCode::unsupported, "the firmware runs with 5-level paging, which cannot be left yet");
    return {};
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
    const auto* below = identity.pointer<const std::uint64_t>(PhysAddr(read_cr3() & frame_bits));
    for (std::size_t i = 0; i < 256; ++i) scratch[i] = below[i];
    for (std::size_t i = 256; i < 512; ++i) scratch[i] = above[i];
}

void set_registers() {
    if (has_page_attributes()) write_msr(msr_pat, page_attributes);
    write_cr4(cr4_pae);  // also ends global pages, so that nothing of the firmware's stays in the TLB
    // LMA is only reported, never written; NXE before any table that uses it.
    write_msr(msr_efer, efer_long_mode_enable | efer_long_mode_active | efer_no_execute);
    write_back_and_invalidate_caches();
}

void enter(const HandOver& hand_over) {
    disable_interrupts();
    const Passage& passage = hand_over.passage;
    ensure(passage.levels == Levels::four, "the new page tables have the levels of the firmware's");
    build_scratch_tables(passage);
    set_registers();
    Frame frame = frame_for(passage, hand_over.stack_top, hand_over.entry, VirtAddr());
    lintel_enter(&frame);
}

}  // namespace lintel::arch
