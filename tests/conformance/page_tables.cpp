// What the page tables map, page by page, against the memory map and the kernel's own image.
// Invariant: only the loader's mappings are seen: this runs before the kernel makes its own.
#include <algorithm>

#include "base/address.hpp"
#include "base/elf.hpp"
#include "tests/conformance/arch-x86_64/paging_levels.hpp"
#include "tests/conformance/image.hpp"
#include "tests/conformance/kernel.hpp"
#include "tests/conformance/memory.hpp"

namespace lintel::conformance {
namespace {

using enum limine::MemoryType;

constexpr std::uint64_t image_area = 0xffff'ffff'8000'0000;
constexpr std::uint64_t four_gigabytes = std::uint64_t{4} << 30;
constexpr unsigned write_back = 0, write_combining = 5;  // indices into the PAT

/// "Memory Layout at Entry": what has to be in the direct map, besides the first 4 GiB of old.
Types direct_map_types() {
    if (asked_revision == 0)
        return {usable,
                reserved,
                acpi_reclaimable,
                acpi_nvs,
                bad_memory,
                bootloader_reclaimable,
                executable_and_modules,
                framebuffer};
    if (asked_revision <= 2)
        return {usable, acpi_reclaimable, acpi_nvs, bootloader_reclaimable, executable_and_modules, framebuffer};
    if (asked_revision == 3) return {usable, bootloader_reclaimable, executable_and_modules, framebuffer};
    return {usable,  bootloader_reclaimable, executable_and_modules, framebuffer, reserved_mapped, acpi_reclaimable,
            acpi_nvs};
}

bool may_be_in_direct_map(Range range, std::uint64_t& stranger) {
    if (asked_revision < 3) {
        if (range.end() <= four_gigabytes) return true;
        if (range.base < four_gigabytes) range = {four_gigabytes, range.end() - four_gigabytes};
    }
    return lies_in(range, direct_map_types(), &stranger, true);
}

/// Counts the pages that break each rule, with the first of them.
struct Breach {
    std::uint64_t count = 0;
    std::uint64_t first = 0;
    void note(std::uint64_t address) {
        if (count++ == 0) first = address;
    }
};

class Survey final : public PageVisitor {
public:
    Breach lower_half, foreign, user, direct_offset, direct_access, direct_strangers, direct_caching;
    Breach framebuffer_caching, image_caching, table_place, identity;
    std::uint64_t framebuffer_pages = 0;
    std::uint64_t identity_first = ~std::uint64_t{0};

    void table(std::uint64_t frame) override {
        if (!lies_in({frame, page_size}, bootloader_reclaimable)) table_place.note(frame);
    }

    void page(const Page& page) override {
        if (page.user) user.note(page.virt);
        if (page.virt >= image_area) {
            if (page.attribute != write_back) image_caching.note(page.virt);
            if (page.virt + page.size > image().base && page.virt < image().end()) return;
            foreign.note(page.virt);
        } else if (page.virt >= higher_half() && page.virt >= direct_map_offset()) {
            direct(page);
        } else if (page.virt < higher_half()) {
            lower_half.note(page.virt);
            identity_first = std::min(identity_first, page.virt);
            if (page.virt != page.phys) identity.note(page.virt);
        } else {
            foreign.note(page.virt);
        }
    }

private:
    void direct(const Page& page) {
        if (page.virt - direct_map_offset() != page.phys) direct_offset.note(page.virt);
        if (!page.writable || !page.executable) direct_access.note(page.virt);
        std::uint64_t stranger = 0;
        if (!may_be_in_direct_map({page.phys, page.size}, stranger)) direct_strangers.note(stranger);
        std::uint64_t ignored = 0;
        bool screen = lies_in({page.phys, page_size}, framebuffer, &ignored, true);
        if (screen) ++framebuffer_pages;
        if (screen && page.attribute != write_combining) framebuffer_caching.note(page.virt);
        if (!screen && page.attribute != write_back) direct_caching.note(page.virt);
    }
};

/// The first address of `range` that the tables do not map at `offset`.
std::optional<std::uint64_t> first_hole(Range range, std::uint64_t offset) {
    std::uint64_t at = align_down(range.base, page_size);
    while (at < align_up(range.end(), page_size)) {
        auto page = translate(offset + at);
        if (!page) return at;
        at = page->virt + page->size - offset;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> first_missing(Types types, std::uint64_t offset) {
    for (const auto* entry : memory_map())
        if (types.has(entry->type) && entry->length != 0)
            if (auto hole = first_hole({entry->base, entry->length}, offset)) return hole;
    return std::nullopt;
}

void judge_direct_map(Report& report, const Survey& survey) {
    report.promise("the direct map's pages lie at one offset", survey.direct_offset.count == 0, "{} do not, first {:x}",
                   survey.direct_offset.count, survey.direct_offset.first);
    report.promise("the direct map can be read, written and executed", survey.direct_access.count == 0,
                   "{} pages cannot, first {:x}", survey.direct_access.count, survey.direct_access.first);
    report.promise("the direct map has nothing but the memory map types of this base revision",
                   survey.direct_strangers.count == 0, "{} pages are something else, first {:x}",
                   survey.direct_strangers.count, survey.direct_strangers.first);

    struct Kind {
        std::string_view words;
        limine::MemoryType type;
    };
    constexpr Kind kinds[] = {
        {"the direct map has all usable memory", usable},
        {"the direct map has all bootloader-reclaimable memory", bootloader_reclaimable},
        {"the direct map has the executable and the modules", executable_and_modules},
        {"the direct map has the framebuffers", framebuffer},
        {"the direct map has what is ACPI reclaimable", acpi_reclaimable},
        {"the direct map has what is ACPI NVS", acpi_nvs},
        {"the direct map has what is reserved and mapped", reserved_mapped},
    };
    for (const Kind& kind : kinds) {
        if (!direct_map_types().has(kind.type)) continue;
        auto hole = first_missing(kind.type, direct_map_offset());
        report.promise(kind.words, !hole, "not {:x}", hole.value_or(0));
    }
    if (asked_revision < 3) {
        auto hole = first_hole({0, four_gigabytes}, direct_map_offset());
        report.promise("the direct map has the first 4 GiB", !hole, "not {:x}", hole.value_or(0));
    }
    if (asked_revision == 0) {
        auto hole = first_missing(direct_map_types(), direct_map_offset());
        report.promise("the direct map has every memory map region", !hole, "not {:x}", hole.value_or(0));
    }
}

void judge_lower_half(Report& report, const Survey& survey) {
    if (asked_revision > 0) {
        report.promise("nothing is mapped in the lower half", survey.lower_half.count == 0, "{} pages are, first {:x}",
                       survey.lower_half.count, survey.lower_half.first);
        return;
    }
    report.promise("what is mapped in the lower half is identity-mapped", survey.identity.count == 0, "not {:x}",
                   survey.identity.first);
    report.promise("the identity map starts at 0x1000", survey.identity_first == 0x1000, "it starts at {:x}",
                   survey.identity_first);
    auto hole = first_hole({0x1000, four_gigabytes - 0x1000}, 0);
    report.promise("the identity map has the first 4 GiB", !hole, "not {:x}", hole.value_or(0));
}

}  // namespace

void judge_page_tables(Report& report) {
    Survey survey;
    visit_pages(survey);
    report.section("Memory Layout at Entry");
    judge_lower_half(report, survey);
    report.promise("all is mapped for the supervisor alone", survey.user.count == 0, "{} pages are not, first {:x}",
                   survey.user.count, survey.user.first);
    report.promise("nothing is mapped but the executable and the direct map", survey.foreign.count == 0,
                   "{} pages are, first {:x}", survey.foreign.count, survey.foreign.first);
    judge_direct_map(report, survey);
    report.promise("the page tables lie in bootloader-reclaimable memory", survey.table_place.count == 0,
                   "{} frames do not, first {:x}", survey.table_place.count, survey.table_place.first);
    report.section("Caching");
    report.promise("the executable is mapped write-back, by PAT0", survey.image_caching.count == 0, "not {:x}",
                   survey.image_caching.first);
    report.promise("the direct map is write-back, by PAT0, but for framebuffers", survey.direct_caching.count == 0,
                   "{} pages are not, first {:x}", survey.direct_caching.count, survey.direct_caching.first);
    constexpr std::string_view combining = "framebuffers are mapped write-combining, by PAT5";
    if (survey.framebuffer_pages == 0)
        report.skip(combining, "there is no framebuffer");
    else
        report.promise(combining, survey.framebuffer_caching.count == 0, "{} pages are not, first {:x}",
                       survey.framebuffer_caching.count, survey.framebuffer_caching.first);
}

void judge_image_mapping(Report& report) {
    report.section("Memory Layout at Entry");
    report.promise("the executable lies at or above 0xffffffff80000000", image().base >= image_area);
    struct Part {
        std::string_view words;
        Range range;
        bool writable;
        bool executable;
    };
    const Part parts[] = {
        {"a PT_LOAD segment with PF_R and PF_X can be executed and not written", image_code(), false, true},
        {"a PT_LOAD segment with PF_R alone can be neither executed nor written", image_constants(), false, false},
        {"a PT_LOAD segment with PF_R and PF_W can be written and not executed", image_data(), true, false},
    };
    auto first = translate(image().base);
    std::uint64_t offset = first ? first->virt - first->phys : 0;
    bool whole = true, uniform = true;
    for (const Part& part : parts) {
        const bool executable = part.executable || !has_no_execute();
        Breach wrong;
        for (std::uint64_t at = part.range.base; at < part.range.end(); at += page_size) {
            auto page = translate(at);
            whole = whole && page;
            uniform = uniform && page && page->virt - page->phys == offset;
            if (!page || page->writable != part.writable || page->executable != executable) wrong.note(at);
        }
        if (executable == part.executable)
            report.promise(part.words, wrong.count == 0, "not the page at {:x}", wrong.first);
        else
            report.skip(part.words, without_no_execute);
    }
    report.promise("the executable is mapped at each loadable address", whole);
    report.promise("the executable is physically contiguous, at one offset", uniform);
    report.promise("the memory behind a segment's file contents is zeroed", image_zeroes_are_zero());
    report.promise("the executable lies in memory of type executable and modules",
                   lies_in({image().base - offset, image().length}, executable_and_modules), "at {:x}",
                   image().base - offset);
}

}  // namespace lintel::conformance
