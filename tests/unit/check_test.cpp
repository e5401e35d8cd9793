// What `lintel check` finds in kernels that are broken byte by byte. Kernels that a compiler has to break are in
// tests/defects.
#include "runner/check/kernel.hpp"

#include <gtest/gtest.h>

#include "elf_builder.hpp"
#include "loader/core/requests.hpp"
#include "runner/check/print.hpp"

namespace lintel::runner {
namespace {

constexpr std::uint64_t base = loader::lowest_executable_address;
constexpr std::uint64_t data = base + 0x1000;

using Words = std::vector<std::uint64_t>;

const Words start(std::begin(limine::start_marker_words), std::end(limine::start_marker_words));
const Words end(std::begin(limine::end_marker_words), std::end(limine::end_marker_words));

Words tag(std::uint64_t revision = 6) {
    return {limine::base_revision_magic.first, limine::base_revision_magic.second, revision};
}

Words request(limine::FeatureId feature) {
    return {limine::common_magic.first, limine::common_magic.second, feature.first, feature.second, 0, 0};
}

const Words hhdm = request(limine::Hhdm::id);
const Words memory_map = request(limine::MemoryMap::id);

Words joined(const std::vector<Words>& parts) {
    Words words;
    for (const Words& part : parts) words.insert(words.end(), part.begin(), part.end());
    return words;
}

/// A kernel with a page of code, which is one `ret`, and behind it these words as data.
ElfBuilder kernel_with(const std::vector<Words>& parts) {
    ElfBuilder elf(base);
    elf.segment_alignment = 1;  // the file's bytes stand one after the other
    elf.add({base, elf::flag_read | elf::flag_execute, {std::byte{0xc3}}, page_size});
    elf.add({data, elf::flag_read | elf::flag_write, bytes_of(joined(parts))});
    return elf;
}

ElfBuilder sound_kernel() { return kernel_with({start, tag(), hhdm, memory_map, end}); }

KernelReport check(const std::vector<std::byte>& file) { return check_kernel(as_text(file)); }
KernelReport check(const ElfBuilder& elf) { return check(elf.build()); }

/// The remark with this name; an empty one where there is none, which the test's other expectations show.
Remark remark(const KernelReport& report, std::string_view name) {
    auto found = std::ranges::find(report.remarks, name, &Remark::name);
    EXPECT_NE(found, report.remarks.end()) << "no " << name << " in\n" << text_of(report.remarks, Palette(false));
    return found == report.remarks.end() ? Remark{} : *found;
}

std::vector<std::uint64_t> addresses(const Remark& remark) {
    std::vector<std::uint64_t> all;
    for (const Spot& spot : remark.spots) all.push_back(spot.address);
    return all;
}

void expect_refused(const std::vector<std::byte>& file, std::string_view sentence) {
    const Remark found = remark(check(file), "loader-refuses");
    EXPECT_EQ(found.severity, Severity::error);
    EXPECT_TRUE(found.text.contains(sentence)) << found.text;
}

TEST(Check, a_sound_kernel_has_no_faults) {
    const KernelReport report = check(sound_kernel());
    EXPECT_FALSE(has_faults(report.remarks)) << text_of(report.remarks, Palette(false));
    EXPECT_EQ(report.base_revision, 6);
    ASSERT_EQ(report.requests.size(), 2U);
    EXPECT_EQ(report.requests[0].feature, "HHDM");
    EXPECT_EQ(report.requests[0].spot.address, data + 7 * 8);
    EXPECT_EQ(report.requests[1].feature, "Memory Map");
}

TEST(Check, an_elf_file_for_32_bits_is_an_error) {
    ElfBuilder elf = sound_kernel();
    elf.header.ident[elf::ident_class] = 1;
    expect_refused(elf.build(), "not a 64-bit ELF file");
}

TEST(Check, an_elf_file_for_another_processor_is_an_error) {
    ElfBuilder elf = sound_kernel();
    elf.header.machine = 183;  // AArch64
    expect_refused(elf.build(), "not for x86-64");
}

TEST(Check, an_object_file_is_an_error) {
    ElfBuilder elf = sound_kernel();
    elf.header.type = 1;  // ET_REL
    expect_refused(elf.build(), "neither an executable nor a shared object");
}

TEST(Check, a_truncated_kernel_is_an_error) {
    auto file = sound_kernel().build();
    file.resize(file.size() - 8);
    expect_refused(file, "ends before one of its segments");
}

TEST(Check, every_beginning_of_a_kernel_gets_a_report) {
    const auto file = sound_kernel().build();
    for (std::size_t size = 0; size < file.size(); ++size)
        EXPECT_TRUE(
            has_faults(check(std::vector(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size))).remarks));
}

TEST(Check, a_lower_half_kernel_that_cannot_be_moved_is_an_error) {
    ElfBuilder elf(0x100000);
    elf.add({0x100000, elf::flag_read | elf::flag_execute, {std::byte{0xc3}}});
    expect_refused(elf.build(), "below 0xffffffff80000000");
}

TEST(Check, overlapping_segments_are_an_error) {
    ElfBuilder elf = sound_kernel();
    elf.add({data + 8, elf::flag_read | elf::flag_write, {std::byte{0}}});
    expect_refused(elf.build(), "overlap");
}

TEST(Check, segments_of_different_permissions_on_a_page_are_an_error) {
    ElfBuilder elf = sound_kernel();
    elf.add({data + 0xff0, elf::flag_read, {std::byte{0}}});
    expect_refused(elf.build(), "share a page");
}

TEST(Check, an_entry_point_outside_the_code_is_an_error) {
    ElfBuilder elf = sound_kernel();
    elf.header.entry = data;
    expect_refused(elf.build(), "entry point");
}

TEST(Check, a_segment_that_is_writable_and_executable_is_a_warning) {
    ElfBuilder elf = sound_kernel();
    elf.add({data + 0x1000, elf::flag_read | elf::flag_write | elf::flag_execute, {std::byte{0xc3}}});
    const Remark found = remark(check(elf), "writable-code");
    EXPECT_EQ(found.severity, Severity::warning);
    EXPECT_EQ(addresses(found), Words{data + 0x1000});
}

TEST(Check, a_segment_that_shares_a_page_is_noted) {
    ElfBuilder elf = sound_kernel();
    elf.add({data + 0x1010, elf::flag_read, {std::byte{1}}});
    EXPECT_EQ(addresses(remark(check(elf), "unaligned-segment")), Words{data + 0x1010});
}

TEST(Check, an_offset_that_does_not_suit_the_address_is_a_warning) {
    ElfBuilder elf = sound_kernel();
    elf.segment_alignment = page_size;
    EXPECT_EQ(remark(check(elf), "incongruent-segment").severity, Severity::warning);
}

TEST(Check, an_interpreter_is_a_warning) {
    ElfBuilder elf = sound_kernel();
    elf.add({.address = base, .flags = elf::flag_read, .bytes = {std::byte{'/'}}, .type = 3});
    EXPECT_EQ(remark(check(elf), "interpreter").severity, Severity::warning);
}

TEST(Check, thread_local_variables_are_a_warning) {
    ElfBuilder elf = sound_kernel();
    elf.add({.address = base, .flags = elf::flag_read, .bytes = {std::byte{1}}, .type = 7});
    EXPECT_EQ(remark(check(elf), "thread-local").severity, Severity::warning);
}

TEST(Check, an_executable_stack_is_noted) {
    ElfBuilder elf = sound_kernel();
    elf.add({.address = 0, .flags = elf::flag_execute, .bytes = {}, .type = 0x6474e551});
    EXPECT_EQ(remark(check(elf), "executable-stack").severity, Severity::note);
}

TEST(Check, a_missing_base_revision_is_a_warning) {
    EXPECT_EQ(remark(check(kernel_with({hhdm})), "no-base-revision").severity, Severity::warning);
}

TEST(Check, a_base_revision_to_come_is_an_error) {
    const Remark found = remark(check(kernel_with({tag(99), hhdm})), "base-revision-too-new");
    EXPECT_EQ(found.severity, Severity::error);
    EXPECT_TRUE(found.text.contains("99")) << found.text;
    EXPECT_EQ(addresses(found), Words{data});
}

TEST(Check, a_base_revision_below_3_is_a_warning) {
    EXPECT_EQ(remark(check(kernel_with({tag(2), hhdm})), "base-revision-old").severity, Severity::warning);
}

TEST(Check, a_deprecated_base_revision_is_noted) {
    EXPECT_EQ(remark(check(kernel_with({tag(3), hhdm})), "base-revision-deprecated").severity, Severity::note);
}

TEST(Check, two_base_revision_tags_are_an_error_at_both_addresses) {
    const Remark found = remark(check(kernel_with({tag(6), tag(6), hhdm})), "duplicate-base-revision");
    EXPECT_EQ(found.severity, Severity::error);
    EXPECT_EQ(addresses(found), (Words{data, data + 24}));
}

TEST(Check, a_base_revision_outside_the_markers_is_a_warning) {
    const KernelReport report = check(kernel_with({tag(), start, hhdm, end}));
    EXPECT_EQ(addresses(remark(report, "tag-not-seen")), Words{data});
    remark(report, "no-base-revision");
}

TEST(Check, the_same_request_twice_is_an_error_at_both_addresses) {
    const Remark found = remark(check(kernel_with({tag(), hhdm, memory_map, hhdm})), "duplicate-request");
    EXPECT_EQ(found.severity, Severity::error);
    EXPECT_TRUE(found.text.contains("HHDM")) << found.text;
    EXPECT_EQ(addresses(found), (Words{data + 24, data + 24 + 96}));
}

TEST(Check, a_request_outside_the_markers_is_a_warning) {
    const KernelReport report = check(kernel_with({start, tag(), hhdm, end, memory_map}));
    const Remark found = remark(report, "request-outside-markers");
    EXPECT_EQ(found.severity, Severity::warning);
    EXPECT_TRUE(found.text.contains("Memory Map")) << found.text;
    EXPECT_EQ(report.requests.size(), 1U);
}

TEST(Check, reversed_markers_are_an_error_at_both_addresses) {
    const Remark found = remark(check(kernel_with({end, tag(), hhdm, start})), "markers-reversed");
    EXPECT_EQ(found.severity, Severity::error);
    EXPECT_EQ(found.spots.size(), 2U);
}

TEST(Check, one_marker_without_the_other_is_a_warning) {
    EXPECT_TRUE(remark(check(kernel_with({start, tag(), hhdm})), "marker-missing").text.contains("no end marker"));
    EXPECT_TRUE(remark(check(kernel_with({tag(), hhdm, end})), "marker-missing").text.contains("no start marker"));
}

TEST(Check, a_repeated_marker_is_a_warning) {
    EXPECT_EQ(remark(check(kernel_with({start, start, tag(), hhdm, end})), "marker-repeated").spots.size(), 2U);
}

TEST(Check, a_request_that_is_not_aligned_is_a_warning) {
    auto bytes = bytes_of(joined({tag(), hhdm}));
    bytes.insert(bytes.begin() + 24, 4, std::byte{0});
    ElfBuilder elf(base);
    elf.add({base, elf::flag_read | elf::flag_execute, {std::byte{0xc3}}, page_size});
    elf.add({data, elf::flag_read | elf::flag_write, bytes});
    EXPECT_EQ(addresses(remark(check(elf), "request-unaligned")), Words{data + 28});
}

TEST(Check, a_request_that_is_cut_off_is_an_error) {
    ElfBuilder elf(base);
    elf.add({base, elf::flag_read | elf::flag_execute, {std::byte{0xc3}}, page_size - 16});
    elf.add({data, elf::flag_read | elf::flag_write, bytes_of(joined({tag(), Words(507), {hhdm[0], hhdm[1]}}))});
    EXPECT_EQ(remark(check(elf), "request-cut-off").severity, Severity::error);
}

TEST(Check, a_request_that_nobody_knows_is_noted) {
    EXPECT_EQ(remark(check(kernel_with({tag(), request({1, 2})})), "unknown-request").severity, Severity::note);
}

TEST(Check, a_kernel_without_requests_or_a_tag_is_warned_of) {
    EXPECT_EQ(remark(check(kernel_with({{1, 2, 3}})), "no-requests").severity, Severity::warning);
    EXPECT_EQ(remark(check(kernel_with({tag()})), "no-requests").severity, Severity::note);
}

TEST(Check, a_requested_entry_point_outside_the_code_is_an_error) {
    Words wanted = request(loader::entry_point_id);
    wanted.push_back(data);
    EXPECT_EQ(addresses(remark(check(kernel_with({tag(), wanted})), "entry-not-code")), Words{data});
}

TEST(Check, a_kernel_without_symbols_is_noted) {
    EXPECT_EQ(remark(check(sound_kernel()), "no-symbols").severity, Severity::note);
}

/// A movable kernel with one relocation of this type, for its first word of data.
ElfBuilder with_relocation(std::uint32_t type) {
    ElfBuilder elf(0x1000);
    elf.segment_alignment = 1;
    elf.header.type = elf::type_shared;
    elf.add({0x1000, elf::flag_read | elf::flag_execute, {std::byte{0xc3}}, page_size});
    const std::uint64_t rela = 0x2000 + 9 * 8;
    elf.add({0x2000, elf::flag_read | elf::flag_write, bytes_of(joined({tag(), hhdm, {0x2000, type, 0}}))});
    elf.add({.address = 0x2000,
             .flags = elf::flag_read,
             .bytes = bytes_of({7, rela, 8, 24, 9, 24, 0, 0}),
             .type = elf::segment_dynamic});
    return elf;
}

TEST(Check, a_relocation_that_loaders_do_not_apply_is_an_error_with_its_place) {
    const Remark found = remark(check(with_relocation(37)), "unknown-relocation");
    EXPECT_EQ(found.severity, Severity::error);
    EXPECT_EQ(addresses(found), Words{0x2000});
    EXPECT_EQ(found.spots.at(0).detail, "R_X86_64_IRELATIVE");
}

TEST(Check, a_movable_kernel_in_the_lower_half_has_no_faults) {
    const KernelReport report = check(with_relocation(0));
    EXPECT_FALSE(has_faults(report.remarks)) << text_of(report.remarks, Palette(false));
}

TEST(Check, json_has_every_remark_under_its_name) {
    const std::string json = json_of(check(kernel_with({tag(), hhdm, hhdm})), "a \"kernel\".elf");
    EXPECT_TRUE(json.contains(R"("name": "duplicate-request")")) << json;
    EXPECT_TRUE(json.contains(R"("severity": "error")")) << json;
    EXPECT_TRUE(json.contains(R"("address": "0xffffffff80001018")")) << json;
    EXPECT_TRUE(json.contains(R"("file": "a \"kernel\".elf")")) << json;
}

}  // namespace
}  // namespace lintel::runner
