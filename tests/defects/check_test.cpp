// `lintel check` names the defect of each kernel here, with function and source line, and has nothing against kernels
// without one.
#include "runner/check/print.hpp"

#include <gtest/gtest.h>

#include <ctime>

#include "base/blake2b.hpp"
#include "loader/core/executable.hpp"
#include "tests/unit/elf_builder.hpp"

namespace lintel::runner {
namespace {

KernelReport check(const fs::path& file) {
    auto report = check_kernel_file(file);
    if (!report) ADD_FAILURE() << report.error().sentence;
    return report ? *report : KernelReport{};
}

KernelReport check_defect(const std::string& name) {
    return check(fs::path(LINTEL_DEFECTS) / fmt::format("defect-{}.elf", name));
}

std::string faults(const KernelReport& report) {
    Remarks remarks;
    std::ranges::copy_if(report.remarks, std::back_inserter(remarks),
                         [](const Remark& one) { return one.severity != Severity::note; });
    return text_of(remarks, Palette(false));
}

/// The one fault of the kernel: no other is reported beside it.
Remark only_fault(const std::string& name) {
    const KernelReport report = check_defect(name);
    const auto count =
        std::ranges::count_if(report.remarks, [](const Remark& one) { return one.severity != Severity::note; });
    EXPECT_EQ(count, 1) << text_of(report.remarks, Palette(false));
    return report.remarks.empty() ? Remark{} : report.remarks.front();
}

bool is_at(const Spot& spot, std::string_view symbol, std::string_view source) {
    return spot.symbol.contains(symbol) && spot.source.contains(source);
}

TEST(Defect, a_kernel_without_one_has_no_fault) {
    for (const char* name : {"none", "movable"}) EXPECT_EQ(faults(check_defect(name)), "") << name;
}

TEST(Defect, our_own_kernel_has_no_fault) {
    const KernelReport report = check(LINTEL_KERNEL);
    EXPECT_EQ(text_of(report.remarks, Palette(false)), "");
    EXPECT_GE(report.requests.size(), 10U);
}

TEST(Defect, conformance_kernels_have_those_faults_that_they_were_given) {
    for (const char* name : {"plain", "mp", "mp-x2apic", "required-module", "module-hash"})
        EXPECT_EQ(faults(check(fs::path(LINTEL_CONFORMANCE) / fmt::format("conformance-{}.elf", name))), "") << name;
    const KernelReport whole = check(fs::path(LINTEL_CONFORMANCE) / "conformance-revision-6.elf");
    for (const Remark& one : whole.remarks)
        EXPECT_TRUE(one.name == "request-outside-markers" || one.name == "request-unaligned" ||
                    one.name == "unknown-request")
            << one.name;
}

TEST(Defect, vector_code_is_named_with_function_and_line) {
    const Remark fault = only_fault("vector-code");
    EXPECT_EQ(fault.name, "vector-code");
    ASSERT_EQ(fault.spots.size(), 1U);
    EXPECT_TRUE(is_at(fault.spots[0], "add_with_sse", "vector_code.cpp:")) << text_of({fault}, Palette(false));
    EXPECT_TRUE(fault.spots[0].detail.contains("xmm")) << fault.spots[0].detail;
}

TEST(Defect, vector_code_is_no_fault_where_the_kernel_saves_its_registers) {
    const KernelReport report = check_defect("vector-code-saved");
    EXPECT_EQ(faults(report), "");
    EXPECT_TRUE(std::ranges::any_of(report.remarks, [](auto& one) { return one.name == "vector-code-saved"; }));
}

TEST(Defect, arguments_that_a_variadic_function_keeps_if_any_are_passed_are_no_vector_code) {
    EXPECT_EQ(faults(check_defect("variadic")), "");
}

TEST(Defect, x87_code_is_named_with_function_and_line) {
    const Remark fault = only_fault("x87-code");
    EXPECT_EQ(fault.name, "vector-code");
    ASSERT_EQ(fault.spots.size(), 1U);
    EXPECT_TRUE(is_at(fault.spots[0], "double_with_x87", "x87_code.cpp:")) << text_of({fault}, Palette(false));
}

TEST(Defect, the_red_zone_is_named_with_and_without_a_frame_pointer) {
    for (const char* name : {"red-zone", "red-zone-frameless"}) {
        const Remark fault = only_fault(name);
        EXPECT_EQ(fault.name, "red-zone") << name;
        ASSERT_EQ(fault.spots.size(), 1U) << name;
        EXPECT_TRUE(is_at(fault.spots[0], "sum_in_red_zone", "red_zone.cpp:")) << text_of({fault}, Palette(false));
    }
}

TEST(Defect, a_request_that_the_optimizer_dropped_is_named_with_its_line) {
    const Remark fault = only_fault("request-folded");
    EXPECT_EQ(fault.name, "request-dropped");
    EXPECT_TRUE(is_at(fault.spots.at(0), "folded_request", "request_folded.cpp:6")) << text_of({fault}, Palette(false));
}

TEST(Defect, a_request_that_the_linker_dropped_is_named_with_its_line) {
    const Remark fault = only_fault("request-collected");
    EXPECT_EQ(fault.name, "request-dropped");
    EXPECT_TRUE(is_at(fault.spots.at(0), "collected_request", "request_collected.cpp:"))
        << text_of({fault}, Palette(false));
}

TEST(Defect, a_duplicate_request_is_named_with_both_lines) {
    const Remark fault = only_fault("duplicate");
    EXPECT_EQ(fault.name, "duplicate-request");
    ASSERT_EQ(fault.spots.size(), 2U);
    const bool first = fault.spots[0].symbol.contains("second_request");
    EXPECT_TRUE(is_at(fault.spots[first ? 0 : 1], "second_request", "duplicate.cpp:7"));
    EXPECT_TRUE(is_at(fault.spots[first ? 1 : 0], "limine::request", "protocol/limine.hpp:"));
}

TEST(Defect, a_misaligned_request_is_named) {
    const KernelReport report = check_defect("misaligned");
    EXPECT_TRUE(std::ranges::any_of(report.remarks, [](const Remark& one) {
        return one.name == "request-unaligned" && one.spots.at(0).symbol.contains("misaligned_request");
    })) << text_of(report.remarks, Palette(false));
}

TEST(Defect, a_missing_base_revision_is_named) { EXPECT_EQ(only_fault("no-base-revision").name, "no-base-revision"); }
TEST(Defect, reversed_markers_are_named) { EXPECT_EQ(only_fault("markers-reversed").name, "markers-reversed"); }
TEST(Defect, a_missing_end_marker_is_named) { EXPECT_EQ(only_fault("end-marker-missing").name, "marker-missing"); }

TEST(Defect, requests_outside_the_markers_are_named) {
    const std::string text = faults(check_defect("outside-markers"));
    for (const char* name : {"[request-outside-markers]", "[tag-not-seen]", "[no-base-revision]"})
        EXPECT_TRUE(text.contains(name)) << text;
}

TEST(Defect, a_kernel_that_asks_for_nothing_is_named) {
    const std::string text = faults(check_defect("no-requests"));
    EXPECT_TRUE(text.contains("[no-requests]")) << text;
}

TEST(Defect, writable_code_is_named) { EXPECT_EQ(only_fault("writable-code").name, "writable-code"); }

TEST(Defect, a_page_with_two_permissions_is_named) {
    EXPECT_TRUE(only_fault("shared-page").text.contains("share a page"));
}

TEST(Defect, a_fixed_address_in_the_lower_half_is_named) {
    EXPECT_TRUE(only_fault("lower-half").text.contains("below 0xffffffff80000000"));
}

TEST(Defect, an_entry_point_in_data_is_named) { EXPECT_TRUE(only_fault("entry-in-data").text.contains("entry point")); }

TEST(Defect, thread_local_variables_are_named) { EXPECT_EQ(only_fault("thread-local").name, "thread-local"); }

TEST(Defect, a_function_that_is_chosen_at_run_time_is_named_with_what_chooses_it) {
    const Remark fault = only_fault("chosen-at-run-time");
    EXPECT_EQ(fault.name, "unknown-relocation");
    ASSERT_FALSE(fault.spots.empty());
    EXPECT_EQ(fault.spots[0].detail, "R_X86_64_IRELATIVE for the symbol choose_one");
}

TEST(Defect, a_symbol_that_is_defined_nowhere_is_named) {
    const Remark fault = only_fault("defined-nowhere");
    EXPECT_EQ(fault.name, "unresolved-symbol");
    ASSERT_FALSE(fault.spots.empty());
    EXPECT_TRUE(fault.spots[0].detail.contains("defined_nowhere")) << fault.spots[0].detail;
}

/// The seconds of processor time that `work` takes, the least of three attempts.
template <class Work>
double seconds_for(Work work) {
    double least = 1e9;
    for (int i = 0; i < 3; ++i) {
        const std::clock_t begin = std::clock();
        work();
        least = std::min(least, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
    }
    return least;
}

TEST(Defect, ten_mebibytes_of_code_are_checked_in_a_few_times_what_their_hash_takes) {
    // Our own kernel's code, again and again. Without symbols it is read in one piece, on one processor.
    const std::string kernel = *read_file(LINTEL_KERNEL, "the kernel");
    const auto parsed = loader::Executable::parse(as_bytes(kernel));
    const auto code = std::ranges::find(parsed->segments(), arch::Access::read_execute, &loader::Segment::access);
    const Bytes once = as_bytes(kernel).subspan(code->file_offset, code->file_size);
    std::vector<std::byte> bytes;
    while (bytes.size() < 10 << 20) bytes.insert(bytes.end(), once.begin(), once.end());
    ElfBuilder elf(loader::lowest_executable_address);
    elf.add({loader::lowest_executable_address, elf::flag_read | elf::flag_execute, std::move(bytes)});
    const auto file = elf.build();

    const double hashing = seconds_for([&] { static_cast<void>(blake2b(file)); });
    const double checking = seconds_for([&] { EXPECT_FALSE(check_kernel(as_text(file)).remarks.empty()); });
    RecordProperty("checking", fmt::format("{:.3f} s, hashing {:.3f} s", checking, hashing));
    EXPECT_LT(checking, 40 * hashing);
}

}  // namespace
}  // namespace lintel::runner
