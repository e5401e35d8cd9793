// Frames, page tables, and what the processor does with them.
#include <array>
#include <cstring>

#include "arch/paging.hpp"
#include "base/elf.hpp"
#include "kernel/hand_over.hpp"
#include "kernel/image.hpp"
#include "kernel/memory/devices.hpp"
#include "kernel/memory/layout.hpp"
#include "kernel/memory/lazy.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/memory/stacks.hpp"
#include "kernel/tests/all_frames.hpp"
#include "kernel/tests/tests.hpp"
#include "protocol/limine.hpp"

namespace lintel {
namespace {

using arch::Access;
using arch::Caching;

/// Addresses that nothing else of the kernel has.
constexpr VirtAddr spare = lazy_end;

/// Calls `look` with each page that is mapped, and where it is.
template <class F>
void for_each_page(F look) {
    for (auto at = kernel_tables().next_mapped(VirtAddr(0)); at;) {
        const auto page = kernel_tables().translate(*at);
        look(*at, *page);
        const VirtAddr end = VirtAddr(align_down(at->value(), page->page)) + page->page;
        if (end < *at) return;  // the last page of all
        at = kernel_tables().next_mapped(end);
    }
}

bool may(Access access, Access what) { return (static_cast<unsigned>(access) & static_cast<unsigned>(what)) != 0; }

volatile std::uint64_t* words_at(VirtAddr address) {
    return reinterpret_cast<volatile std::uint64_t*>(address.value());
}

std::uint64_t word_at(VirtAddr address) { return *words_at(address); }

void nothing_is_writable_and_executable() {
    std::uint64_t pages = 0;
    for_each_page([&](VirtAddr at, const arch::PageTables::Translation& page) {
        ++pages;
        if (page.access == Access::read_write_execute) expect_equal(at, VirtAddr{}, "a page to write and to execute");
    });
    expect(pages > 20, "hardly anything is mapped");
}

void only_the_code_is_executable() {
    const AddressRange code{text_range().begin, text_range().end.page_up()};
    for_each_page([&](VirtAddr at, const arch::PageTables::Translation& page) {
        if (may(page.access, Access::read_execute) && !code.contains(at, page.page))
            expect_equal(at, VirtAddr{}, "a page to execute");
    });
}

void the_lower_half_is_empty() {
    const auto first = kernel_tables().next_mapped(VirtAddr(0));
    expect(first && *first >= VirtAddr(std::uint64_t{1} << 63), "something is mapped");
}

void constants_are_read_only() {
    static constexpr std::uint64_t constant = 7;
    const auto page = kernel_tables().translate(VirtAddr(reinterpret_cast<std::uint64_t>(&constant)));
    expect(page && page->access == Access::read, "they are not");
}

/// Whether what may not be written at `address` may not be written through the direct map.
bool is_read_only_twice(VirtAddr address) {
    const auto page = kernel_tables().translate(address);
    const auto again = page ? kernel_tables().translate(direct_map().virt(page->phys)) : std::nullopt;
    return page && again && again->phys == page->phys && !may(page->access, Access::read_write) &&
           again->access == Access::read;
}

void the_image_is_protected_in_the_direct_map_too() {
    static constexpr std::uint64_t constant = 7;
    expect(is_read_only_twice(VirtAddr(reinterpret_cast<std::uint64_t>(&constant))), "a constant is not");
    const AddressRange code = text_range();
    for (VirtAddr at = code.begin; at < code.end; at += page_size)
        if (!is_read_only_twice(at)) return expect_equal(at, VirtAddr{}, "a page of code that is not");
}

void what_the_processor_can_protect_is_protected() { expect(arch::protections_hold(), "a protection is off"); }

void all_frames_are_reached_by_the_direct_map() {
    std::uint64_t reached = 0;
    for_each_page([&](VirtAddr at, const arch::PageTables::Translation& page) {
        if (at >= direct_map().virt(PhysAddr(0)) && at < stacks_begin && direct_map().phys(at) == page.phys)
            reached += page.page / page_size;
    });
    expect(reached >= frames().statistics().frames, "some are not");
}

void much_memory_is_mapped_with_large_pages() {
    const auto frame = frames().allocate(9);
    if (!frame) return skip("no 2 MiB of memory are free in one piece");
    const auto page = kernel_tables().translate(direct_map().virt(*frame));
    expect(page && page->page >= large_page_size, "it is not");
    frames().free(*frame, 9);
}

void freed_frames_grow_together_again() {
    const FrameStatistics before = frames().statistics();
    std::array<std::optional<PhysAddr>, 64> held;
    for (auto& frame : held) frame = frames().allocate();
    for (std::size_t i = 0; i < held.size(); i += 2) frames().free(*held[i]);
    for (std::size_t i = 1; i < held.size(); i += 2) frames().free(*held[i]);
    expect_equal(frames().statistics().free_frames, before.free_frames, "the number of free frames");
    expect_equal(frames().statistics().largest_free, before.largest_free, "the largest free block");
}

void memory_below_four_gib_can_be_asked_for() {
    const auto frame = frames().allocate(0, Zone::below_4_gib);
    expect(frame && *frame < PhysAddr(std::uint64_t{4} << 30), "none, or not there");
    if (frame) frames().free(*frame);
}

void memory_of_the_loader_is_in_use() {
    const auto* map = limine::request<limine::MemoryMap>.response();
    // An answer that the kernel does not keep.
    expect(limine::request<limine::Mp<limine::LocalApicMode::x2apic>>.response() == nullptr,
           "an answer in the loader's memory is there still");
    std::uint64_t usable = 0;
    std::uint64_t loaders = 0;
    for (const limine::MemoryMapEntry* entry : map->view()) {
        if (entry->type == limine::MemoryType::usable) usable += entry->length / page_size;
        if (entry->type == limine::MemoryType::bootloader_reclaimable) loaders += entry->length / page_size;
    }
    expect(loaders > 0, "the loader has none");
    // One frame in about 4096 has the books of the others; of small ranges it is more.
    expect(frames().statistics().frames > usable + loaders / 2, "the allocator has none of it");
}

void the_loaders_answers_outlive_its_memory() {
    expect(command_line().contains("test"), "the command line is not what it was");
    const Bytes file = executable_file();
    expect(file.size() > elf::magic.size() && std::memcmp(file.data(), elf::magic.data(), elf::magic.size()) == 0,
           "the executable's file is not what it was");
    const auto* loader = limine::request<limine::BootloaderInfo>.response();
    expect(loader != nullptr && std::strlen(loader->name) > 0, "the loader has no name any more");
}

/// A frame that is mapped at `spare` for as long as this lives.
class Spare {
public:
    explicit Spare(Caching caching = Caching::write_back) : frame_(*frames().allocate()) {
        std::memset(direct_map().pointer<std::byte>(frame_), 0, page_size);
        expect(map_pages({spare, frame_, page_size, Access::read_write, caching}).has_value(), "it is not mapped");
    }
    ~Spare() {
        unmap_pages(spare, page_size);
        frames().free(frame_);
    }
    Spare(const Spare&) = delete;
    Spare& operator=(const Spare&) = delete;

    [[nodiscard]] PhysAddr frame() const { return frame_; }

private:
    PhysAddr frame_;
};

void a_frame_is_the_same_wherever_it_is_mapped() {
    const Spare page;
    words_at(spare)[3] = 42;
    expect_equal(word_at(direct_map().virt(page.frame()) + 24), std::uint64_t{42}, "the word");
}

void what_is_unmapped_translates_no_more() {
    {
        const Spare page;
    }
    expect(!kernel_tables().translate(spare), "it does");
}

void a_page_that_is_mapped_anew_is_seen_as_it_is_now() {
    const std::array<PhysAddr, 2> two = {*frames().allocate(), *frames().allocate()};
    for (std::uint64_t round = 0; round < 20; ++round) {
        const PhysAddr frame = two[round % 2];
        *words_at(direct_map().virt(frame)) = round;
        expect(map_pages({spare, frame, page_size, Access::read_write, Caching::write_back}).has_value(),
               "it is not mapped");
        expect_equal(word_at(spare), round, "the word");
        unmap_pages(spare, page_size);
    }
    for (const PhysAddr frame : two) frames().free(frame);
}

void an_address_is_not_mapped_twice() {
    const Spare page;
    const auto again = map_pages({spare - page_size, page.frame(), 2 * page_size, Access::read, Caching::write_back});
    expect(!again, "it was");
    expect(!kernel_tables().translate(spare - page_size), "a part of the second mapping is there");
    expect(kernel_tables().translate(spare)->access == Access::read_write, "the first mapping is not what it was");
}

void each_kind_of_caching_keeps_what_is_written() {
    for (const Caching caching :
         {Caching::write_back, Caching::write_through, Caching::write_combining, Caching::uncached}) {
        const Spare page(caching);
        for (std::uint64_t i = 0; i < 512; ++i) words_at(spare)[i] = i * i;
        std::uint64_t same = 0;
        for (std::uint64_t i = 0; i < 512; ++i) same += words_at(spare)[i] == i * i ? 1 : 0;
        expect_equal(same, std::uint64_t{512}, "how many words stayed");
        expect(kernel_tables().translate(spare)->caching == caching, "it is mapped otherwise");
    }
}

void a_device_beyond_all_addresses_is_refused() {
    for (const std::uint64_t place : {arch::physical_end().value(), ~std::uint64_t{0} - 7}) {
        const auto mapped = map_device(PhysAddr(place), 4);
        expect(!mapped, "it is mapped");
        if (!mapped)
            expect_equal<std::string_view>(mapped.error().text, "a device lies where this processor has no addresses",
                                           "the reason");
    }
}

void a_stack_that_there_was_no_memory_for_leaves_nothing_behind() {
    std::array<PhysAddr, 5> few;  // too few for a stack
    for (PhysAddr& frame : few) frame = *frames().allocate();
    {
        const AllFrames all;
        expect(!make_kernel_stack("test"), "there was a stack without memory for it");
        for (const PhysAddr frame : few) frames().free(frame);
        expect(!make_kernel_stack("test"), "there was a stack without enough memory for it");
        // One may have become a page table, which stays.
        expect(frames().statistics().free_frames >= few.size() - 1, "a stack that was not made has memory");
    }
    const auto stack = make_kernel_stack("test");
    expect(stack.has_value(), "there is none afterwards");
    if (stack) expect(overflowed_stack(stack->range.begin - 1) == "test", "its guard pages are another one's");
}

void a_device_that_there_was_no_memory_for_can_be_mapped_later() {
    // Nobody reads what is there. So much that it takes page tables of its own.
    constexpr PhysAddr device(0xfe000000);
    constexpr std::uint64_t length = 2 * large_page_size - page_size;
    {
        const AllFrames all;
        expect(!map_device(device, length), "it is mapped without memory for page tables");
    }
    const auto mapped = map_device(device, length);
    expect(mapped.has_value(), "it cannot be mapped afterwards");
    if (mapped) expect(kernel_tables().translate(*mapped).has_value(), "it is said to be mapped, and is not");
}

void a_device_is_mapped_once() {
    const auto* screens = limine::request<limine::Framebuffers>.response();
    if (screens == nullptr || screens->view().empty()) return skip("there is no framebuffer to take for a device");
    const auto page = kernel_tables().translate(
        VirtAddr(reinterpret_cast<std::uint64_t>(screens->view().front()->address)).page_down());
    const auto first = map_device(page->phys, 2 * page_size, Caching::write_combining);
    const auto again = map_device(page->phys + 8, 4, Caching::write_combining);
    expect(first && again && *again == *first + 8, "its registers are at two places");
}

void lazy_pages_come_zeroed_and_only_where_touched() {
    const std::uint64_t before = lazily_committed();
    const auto range = reserve_lazily(100 * page_size);
    expect_equal(lazily_committed(), before, "how many have memory untouched");
    auto* words = words_at(range->begin);
    expect_equal(word_at(range->begin + 70 * page_size + 40), std::uint64_t{0}, "a word that was only read");
    words[512 * 3] = 3;
    words[512 * 99 + 511] = 99;
    expect_equal(lazily_committed(), before + 3, "how many have memory");
    expect(words[512 * 3] == 3 && words[512 * 99 + 511] == 99, "what was written is not there");
    release_lazily(*range);
    expect_equal(lazily_committed(), before, "how many have memory at the end");
}

void lazy_memory_is_given_back() {
    // Once before, for the tables that stay.
    for (int round = 0; round < 2; ++round) {
        const std::uint64_t before = frames().statistics().free_frames;
        const auto range = reserve_lazily(200 * page_size);
        for (VirtAddr page = range->begin; page < range->end; page += page_size) *words_at(page) = 1;
        expect(frames().statistics().free_frames <= before - 200, "it has cost nothing");
        release_lazily(*range);
        if (round == 1) expect_equal(frames().statistics().free_frames, before, "the number of free frames");
    }
}

void more_than_there_is_can_be_reserved_lazily() {
    const auto range = reserve_lazily(std::uint64_t{32} << 30);
    expect(range.has_value(), "32 GiB are refused");
    *words_at(range->end - page_size) = 1;
    expect_equal(word_at(range->end - page_size), std::uint64_t{1}, "the last page's word");
    release_lazily(*range);
}

void nothing_lies_behind_a_lazy_range() {
    const auto range = reserve_lazily(page_size + 1);
    expect_equal(range->end - range->begin, 2 * page_size, "its length");
    expect(!commit_lazily(range->end), "the page behind it would get memory");
    expect(!commit_lazily(range->begin - 1), "the page before it would get memory");
    release_lazily(*range);
    expect(!commit_lazily(range->begin), "it gets memory after its end");
}

constexpr std::array<KernelTest, 25> memory_list = {{
    {"memory: nothing_is_writable_and_executable", nothing_is_writable_and_executable},
    {"memory: only_the_code_is_executable", only_the_code_is_executable},
    {"memory: the_image_is_protected_in_the_direct_map_too", the_image_is_protected_in_the_direct_map_too},
    {"memory: the_lower_half_is_empty", the_lower_half_is_empty},
    {"memory: constants_are_read_only", constants_are_read_only},
    {"memory: what_the_processor_can_protect_is_protected", what_the_processor_can_protect_is_protected},
    {"memory: all_frames_are_reached_by_the_direct_map", all_frames_are_reached_by_the_direct_map},
    {"memory: much_memory_is_mapped_with_large_pages", much_memory_is_mapped_with_large_pages},
    {"memory: freed_frames_grow_together_again", freed_frames_grow_together_again},
    {"memory: below_four_gib_can_be_asked_for", memory_below_four_gib_can_be_asked_for},
    {"memory: that_of_the_loader_is_in_use", memory_of_the_loader_is_in_use},
    {"memory: the_loaders_answers_outlive_its_memory", the_loaders_answers_outlive_its_memory},
    {"memory: a_frame_is_the_same_wherever_it_is_mapped", a_frame_is_the_same_wherever_it_is_mapped},
    {"memory: what_is_unmapped_translates_no_more", what_is_unmapped_translates_no_more},
    {"memory: a_page_that_is_mapped_anew_is_seen_as_it_is_now", a_page_that_is_mapped_anew_is_seen_as_it_is_now},
    {"memory: an_address_is_not_mapped_twice", an_address_is_not_mapped_twice},
    {"memory: each_kind_of_caching_keeps_what_is_written", each_kind_of_caching_keeps_what_is_written},
    {"memory: a_device_is_mapped_once", a_device_is_mapped_once},
    {"memory: a_device_beyond_all_addresses_is_refused", a_device_beyond_all_addresses_is_refused},
    {"memory: a_stack_that_there_was_none_for_leaves_nothing_behind",
     a_stack_that_there_was_no_memory_for_leaves_nothing_behind},
    {"memory: a_device_that_there_was_none_for_can_be_mapped_later",
     a_device_that_there_was_no_memory_for_can_be_mapped_later},
    {"memory: lazy_pages_come_zeroed_and_only_where_touched", lazy_pages_come_zeroed_and_only_where_touched},
    {"memory: that_came_lazily_is_given_back", lazy_memory_is_given_back},
    {"memory: more_than_there_is_can_be_reserved_lazily", more_than_there_is_can_be_reserved_lazily},
    {"memory: nothing_lies_behind_a_lazy_range", nothing_lies_behind_a_lazy_range},
}};

}  // namespace

const std::span<const KernelTest> memory_tests = memory_list;

}  // namespace lintel
