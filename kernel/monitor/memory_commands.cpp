// What the monitor tells of memory.
#include <algorithm>

#include "arch/traps.hpp"
#include "kernel/memory/heap.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/monitor/commands.hpp"

namespace lintel {
namespace {

/// What a hexadecimal digit stands for; 16 for any other character.
unsigned value_of(char digit) {
    if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
    const char lower = static_cast<char>(digit | 0x20);
    return lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a') + 10 : 16;
}

/// A number in hexadecimal, with or without 0x. By hand: std::from_chars with a base computes with floating-point
/// numbers where it is not inlined.
Result<VirtAddr> parse_address(std::string_view text) {
    std::string_view digits = text;
    if (digits.starts_with("0x") || digits.starts_with("0X")) digits.remove_prefix(2);
    std::uint64_t value = 0;
    for (const char digit : digits) value = value << 4 | (value_of(digit) & 15);
    if (digits.empty() || digits.size() > 16 || std::ranges::any_of(digits, [](char c) { return value_of(c) > 15; }))
        return fail(ErrorCode::malformed, "this is no address", text);
    return VirtAddr(value);
}

std::string_view name_of(arch::Access access) {
    switch (access) {
        case arch::Access::read:
            return "read";
        case arch::Access::read_write:
            return "read, write";
        case arch::Access::read_execute:
            return "read, execute";
        case arch::Access::read_write_execute:
            return "read, write, execute";
    }
    return "";
}

std::string_view name_of(arch::Caching caching) {
    switch (caching) {
        case arch::Caching::write_back:
            return "write-back";
        case arch::Caching::write_through:
            return "write-through";
        case arch::Caching::write_combining:
            return "write-combining";
        case arch::Caching::uncached:
            return "uncached";
    }
    return "";
}

}  // namespace

Status show_memory(Terminal& terminal, std::string_view) {
    const FrameStatistics statistics = frames().statistics();
    constexpr std::uint64_t frames_per_mib = (1 << 20) / page_size;
    print(terminal, "frames  {} of {} free ({} of {} MiB)\n", statistics.free_frames, statistics.frames,
          statistics.free_frames / frames_per_mib, statistics.frames / frames_per_mib);
    print(terminal, "        the largest free block has {} frames\n", statistics.largest_free);
    const HeapStatistics heap = heap_statistics();
    print(terminal, "heap    {} small blocks of {} bytes, in slabs of {} KiB\n", heap.blocks, heap.bytes,
          heap.slab_bytes / 1024);
    print(terminal, "        {} large blocks of {} KiB; {} requests refused\n", heap.large_blocks,
          heap.large_bytes / 1024, heap.refused);
    return {};
}

Status show_tables(Terminal& terminal, std::string_view) {
    const arch::TrapTableFacts traps = arch::trap_tables_in_use();
    print(terminal, "GDT {}, {} entries, with the task state {}\n", traps.segments, traps.segment_count, traps.task);
    print(terminal, "IDT {}, {} gates\n", traps.gates, traps.gate_count);
    const arch::PageTables& tables = kernel_tables();
    print(terminal, "page tables of {} levels, from {} on\n", static_cast<unsigned>(tables.levels()), tables.root());
    auto at = tables.next_mapped(VirtAddr(0));
    while (at) {
        const VirtAddr begin = *at;
        const auto first = *tables.translate(begin);
        VirtAddr end = begin + first.page;
        // Up to where something else begins, or the address space ends.
        while (end.value() != 0) {
            const auto next = tables.translate(end);
            if (!next || next->access != first.access || next->caching != first.caching || next->page != first.page)
                break;
            end += next->page;
        }
        print(terminal, "{}-{} {:8} KiB  {}; {}; pages of {} KiB\n", begin, end, (end - begin) / 1024,
              name_of(first.access), name_of(first.caching), first.page / 1024);
        at = end.value() == 0 ? std::nullopt : tables.next_mapped(end);
    }
    return {};
}

Status show_page(Terminal& terminal, std::string_view argument) {
    const VirtAddr address = TRY(parse_address(argument));
    const auto found = kernel_tables().translate(address);
    if (!found) {
        print(terminal, "{} is not mapped\n", address);
        return {};
    }
    print(terminal, "{} is physical {}: {}; {}, in a page of {} KiB\n", address, found->phys, name_of(found->access),
          name_of(found->caching), found->page / 1024);
    return {};
}

}  // namespace lintel
