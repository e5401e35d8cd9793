// For the kernels that a loader can move: that it has moved all of them, and by how much it may.
// Invariant: pointers are compared with what the code itself, by its distance to it, takes for the address.
#include <algorithm>
#include <array>

#include "base/address.hpp"
#include "tests/conformance/image.hpp"
#include "tests/conformance/kernel.hpp"
#include "tests/conformance/memory.hpp"
#include "tests/conformance/movement.hpp"

extern "C" [[noreturn]] void conformance_main();

namespace lintel::conformance {
namespace {

constexpr std::uint64_t linked_base = LINTEL_CONFORMANCE_LINKED_AT;
constexpr std::uint64_t lowest_place = 0xffff'ffff'8000'0000;

/// What pointers lead to.
constinit std::array<std::uint64_t, 4> numbers{1, 2, 3, 4};

/// A function, an object, a part of it, and its end, which is as good as any other address.
struct Pointers {
    void (*function)();
    const void* object;
    const std::uint64_t* part;
    const std::uint64_t* end;
};

// Volatile: the compiler would work their contents out by itself.
constinit volatile Pointers writable{conformance_main, &numbers, &numbers[2], numbers.data() + numbers.size()};
constinit const volatile Pointers constant{conformance_main, &numbers, &numbers[2], numbers.data() + numbers.size()};

struct [[gnu::packed]] Misaligned {
    std::uint32_t before;
    const void* pointer;
};
constinit volatile Misaligned misaligned{0, &numbers};

/// As large as an address in the image, and yet none.
constinit volatile std::uint64_t number = linked_base + 0x10;

bool lead_where_they_should(const volatile Pointers& pointers) {
    return pointers.function == conformance_main && pointers.object == &numbers && pointers.part == &numbers[2] &&
           pointers.end == numbers.data() + numbers.size();
}

void judge_relocations(Report& report, const OwnFile& own) {
    std::uint64_t count = 0, wrong = 0;
    bool applied = own.all_relocations([&](const elf::Relocation& relocation) {
        ++count;
        wrong = relocation.address;
        const auto* place = DirectMap(own.slide()).pointer<const std::byte>(PhysAddr(relocation.address));
        // Safety: of the packed kind, too; and only where something is mapped.
        return relocation.type == elf::relocation_relative && is_mapped(place, 8) &&
               copy_at<std::uint64_t>({place, 8}, 0) == relocation.addend + own.slide();
    });
    report.promise("each relocation of the executable's file is applied, with the slide", applied && count != 0,
                   "of {} looked at, not the one of {:x}", count, wrong);
    report.promise("pointers in writable data lead to what they are to", lead_where_they_should(writable));
    report.promise("pointers in read-only data lead to what they are to", lead_where_they_should(constant));
    report.promise("a pointer that is not aligned leads to what it is to", misaligned.pointer == &numbers);
    report.promise("a number that no relocation names is left alone", number == linked_base + 0x10, "it is {:x}",
                   std::uint64_t{number});
}

void judge_slide(Report& report, const OwnFile& own) {
    const std::uint64_t slide = image().base - linked_base;
    std::uint64_t alignment = page_size;
    own.all_segments([&](const elf::ProgramHeader& segment) {
        alignment = std::max(alignment, segment.alignment);
        return true;
    });
    report.promise("the slide is a multiple of each segment's alignment", is_aligned(slide, alignment),
                   "a slide of {:x}, an alignment of {:x}", slide, alignment);
    if (linked_base < lowest_place)
        report.promise("an executable in the lower half is slid to 0xffffffff80000000 or above",
                       slide >= lowest_place - linked_base && image().end() > image().base, "its slide is {:x}", slide);
}

/// What Limine's CONFIG.md has the options `kaslr` and, following it, `randomise_hhdm_base` do.
void judge_places(Report& report) {
    report.section("Configuration: kaslr");
    if (LINTEL_CONFORMANCE_KASLR) {
        report.varies("with kaslr, the executable lies elsewhere at each boot", image().base);
        report.varies("with kaslr, the direct map lies elsewhere at each boot", direct_map_offset());
    } else {
        report.stays("without kaslr, the executable lies at the same place at each boot", image().base);
        report.stays("without kaslr, the direct map lies at the same place at each boot", direct_map_offset());
    }
}

}  // namespace

void judge_movement(Report& report) {
    auto own = OwnFile::find();
    if (!own) return;  // "Executable File Feature" says so
    judge_segments(report, *own);
    judge_slide(report, *own);
    judge_relocations(report, *own);
    judge_places(report);
}

}  // namespace lintel::conformance
