// A kernel's segments are neighbours, so its image begins where a run of mapped pages does, in the last 2 GiB of the
// address space (PROTOCOL.md, "Executable memory layout at handoff").
// Invariant: see the header.
#include "runner/autopsy/find_slide.hpp"

#include <algorithm>

namespace lintel::runner {

namespace {

constexpr std::uint64_t top = 0xffffffff80000000;
constexpr std::size_t compared = 64;  // bytes at the entry

// Relocations may have changed some.
bool alike(std::string_view one, std::string_view other) {
    if (one.size() != other.size() || one.size() < compared / 4) return false;
    std::size_t same = 0;
    for (std::size_t at = 0; at < one.size(); ++at) same += one[at] == other[at] ? 1 : 0;
    return same >= one.size() * 3 / 4;
}

}  // namespace

std::optional<std::uint64_t> find_slide(const DebugInfo& linked, const GuestMemory& memory) {
    if (!linked.relocatable()) return 0;
    const std::uint64_t entry = linked.entry() - linked.slide();
    const std::string_view first = linked.bytes(linked.entry(), compared);
    std::uint64_t lowest = UINT64_MAX;
    for (const Segment& segment : linked.segments()) lowest = std::min(lowest, segment.begin - linked.slide());
    lowest &= ~(GuestMemory::page_size - 1);
    std::optional<std::uint64_t> found;
    memory.any_run(top, 0, [&](std::uint64_t begin) {
        const std::uint64_t slide = begin - lowest;
        if (!alike(memory.bytes(entry + slide, first.size()), first)) return false;
        found = slide;
        return true;
    });
    return found;
}

std::optional<std::uint64_t> find_slide(const DebugInfo& linked, Qmp& control) {
    if (!linked.relocatable()) return 0;
    const auto deadline = Clock::now() + std::chrono::seconds(2);
    auto dump = control.human("info registers", deadline);
    if (!dump) return std::nullopt;
    auto processors = parse_register_dump(*dump);
    if (processors.empty() || !processors[0].long_mode()) return std::nullopt;
    return find_slide(linked, GuestMemory(GuestMemory::of(control, deadline), processors[0]));
}

}  // namespace lintel::runner
