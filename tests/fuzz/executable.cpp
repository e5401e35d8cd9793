// ELF files: parsed, moved, loaded, relocated, and planned for mapping.
// The input: the file.
#include "loader/core/executable.hpp"

#include <array>

#include "loader/core/page_plan.hpp"
#include "loader/core/relocation.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/unit/fake_processor.hpp"

namespace lintel::fuzz {
namespace {

using namespace lintel::loader;

constexpr std::uint64_t largest_loaded = 256 << 10;  // bytes; larger images cost time and show nothing more

void check_segments(const Executable& executable) {
    VirtAddr reached = executable.base();
    ensure(reached.value() >= lowest_executable_address, "an executable lies in the top 2 GiB");
    for (const Segment& segment : executable.segments()) {
        ensure(segment.virt >= reached && segment.end() > segment.virt, "segments are in order and apart");
        reached = segment.end();
    }
    ensure(executable.image_size() <= largest_image, "an image is not larger than is allowed");
    ensure(executable.is_code(executable.entry()), "the entry point can be executed");
}

void check_plan(const Executable& executable) {
    std::array<arch::Mapping, 32> storage;
    List<arch::Mapping> plan(storage);
    ensure(plan_image(executable, PhysAddr(0x100000), plan).has_value(), "an image has a mapping a segment at most");
    VirtAddr reached = executable.base();
    for (const arch::Mapping& mapping : plan) {
        ensure(mapping.virt >= reached, "mappings do not overlap");
        ensure(is_aligned(mapping.virt.value() | mapping.length, page_size), "mappings are whole pages");
        reached = mapping.virt + mapping.length;
    }
    for (const Segment& segment : executable.segments()) {
        auto has_it = [&](const arch::Mapping& mapping) {
            return mapping.access == segment.access && mapping.virt <= segment.virt &&
                   segment.virt < mapping.virt + mapping.length;
        };
        ensure(std::ranges::any_of(plan, has_it), "each segment is mapped with its own permissions");
    }
}

void check_image(const Executable& executable, Bytes file) {
    std::vector<std::byte> image(executable.image_size());
    executable.load(file, image);
    for (const Segment& segment : executable.segments()) {
        Bytes loaded = Bytes(image).subspan(segment.virt - executable.base(), segment.memory_size);
        ensure(
            std::ranges::equal(loaded.first(segment.file_size), file.subspan(segment.file_offset, segment.file_size)),
            "a segment starts with its bytes of the file");
        ensure(std::ranges::all_of(loaded.subspan(segment.file_size), [](std::byte b) { return b == std::byte{}; }),
               "a segment is zero behind them");
    }
    if (auto status = relocate(executable, image); !status) check_error(status.error());
}

void check_moved(Executable executable, const Result<std::uint64_t>& slide, Bytes file) {
    if (!slide) return check_error(slide.error());
    ensure(is_aligned(*slide, executable.alignment()) || *slide == 0, "what was aligned stays aligned");
    executable.move_by(*slide);
    check_segments(executable);
    check_plan(executable);
    if (executable.image_size() <= largest_loaded) check_image(executable, file);
}

}  // namespace

void try_input(Bytes input) {
    auto file = copy_of(input);
    auto parsed = Executable::parse(file);
    if (!parsed) return check_error(parsed.error());
    FakeProcessor processor;
    processor.random = std::to_integer<std::uint64_t>(file.back()) << 20 | 1;
    Random random(processor);
    check_moved(*parsed, choose_slide(*parsed, nullptr), file);
    check_moved(*parsed, choose_slide(*parsed, &random), file);
}

}  // namespace lintel::fuzz
