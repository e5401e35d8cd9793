// The kernel that asks for everything, once for each base revision. The build says for how many page-table levels.
#include "protocol/limine.hpp"
#include "tests/conformance/base_revision.hpp"
#include "tests/conformance/kernel.hpp"
#include "tests/conformance/paging_mode.hpp"

extern "C" void requested_entry();  // entry.S
extern "C" [[noreturn]] void conformance_main();

namespace lintel::conformance {
namespace {

constexpr std::uint64_t revision = LINTEL_CONFORMANCE_REVISION;
constexpr std::uint64_t stack_size = 256 << 10;  // bytes

[[gnu::used, gnu::retain, gnu::section(".limine_requests")]] alignas(8) constinit volatile std::uint64_t tag[3] = {
    limine::base_revision_magic.first, limine::base_revision_magic.second, revision};

void judge_answers(Report& report) {
    report.section("Entry Point Feature");
    const auto* entry = limine::request<limine::EntryPoint<requested_entry>>.response();
    if (report.promise("the request is answered", entry != nullptr))
        report.promise("the response's revision is 0", entry->revision == 0, "it is {}", entry->revision);
    report.section("Stack Size Feature");
    const auto* stack = limine::request<limine::StackSize<stack_size>>.response();
    if (report.promise("the request is answered", stack != nullptr))
        report.promise("the response's revision is 0", stack->revision == 0, "it is {}", stack->revision);
}

}  // namespace

extern const std::uint64_t asked_revision = revision;

BaseRevisionWords base_revision_words() { return {tag[1], tag[2]}; }

}  // namespace lintel::conformance

extern "C" void conformance_main() {
    using namespace lintel::conformance;
    Report report = Report::open();
    judge_base_revision(report);
    judge_page_tables(report);
    judge_image_mapping(report);
    judge_movement(report);
    judge_processor(report, {.entry_point = true, .stack_size = stack_size});
    judge_memory_map(report);
    judge_requests(report);
    judge_responses(report);
    judge_answers(report);
    judge_paging_mode<limine::PagingLevels::LINTEL_CONFORMANCE_LEVELS>(report);
    judge_files(report);
    judge_framebuffers(report);
    judge_measurements(report);
    judge_efi_memory_map(report);
    judge_firmware_tables(report);  // from here on the kernel maps pages of its own
    judge_interrupt_controllers(report);
    report.finish();
}
