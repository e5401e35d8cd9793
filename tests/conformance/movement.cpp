// The segments of the executable's file at the addresses where they belong, with their permissions and contents.
#include "tests/conformance/movement.hpp"

#include <algorithm>

#include "base/address.hpp"
#include "tests/conformance/arch-x86_64/paging_levels.hpp"
#include "tests/conformance/memory.hpp"

namespace lintel::conformance {
namespace {

/// Whether each page of the segment is mapped with the rights that its flags name.
bool is_in_place(const elf::ProgramHeader& segment, std::uint64_t slide) {
    const std::uint64_t begin = align_down(segment.virtual_address + slide, page_size);
    const std::uint64_t end = align_up(segment.virtual_address + segment.memory_size + slide, page_size);
    for (std::uint64_t at = begin; at < end; at += page_size) {
        auto page = translate(at);
        if (!page || page->writable != ((segment.flags & elf::flag_write) != 0) ||
            page->executable != ((segment.flags & elf::flag_execute) != 0 || !has_no_execute()))
            return false;
    }
    return true;
}

}  // namespace

void judge_segments(Report& report, const OwnFile& own) {
    report.section("Memory Layout at Entry");
    std::uint64_t misplaced = 0;
    bool kept = own.all_segments([&](const elf::ProgramHeader& segment) {
        misplaced = segment.virtual_address;
        return is_in_place(segment, own.slide());
    });
    report.promise("each PT_LOAD segment is mapped at its address plus the slide, as its flags say", kept,
                   "not the one linked for {:x}, with a slide of {:x}", misplaced, own.slide());
}

}  // namespace lintel::conformance
