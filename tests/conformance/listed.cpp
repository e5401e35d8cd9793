// The kernel without a base revision tag, which names its requests in the section ".limine_reqs": base revision 0.
#include <array>

#include "base/bytes.hpp"
#include "protocol/limine.hpp"
#include "tests/conformance/kernel.hpp"
#include "tests/conformance/memory.hpp"
#include "tests/conformance/requests.hpp"

extern "C" [[noreturn]] void conformance_main();

namespace lintel::conformance {
namespace {

// The family's own requests, by which the report reaches memory, and two that only differ in being listed.
[[gnu::used, gnu::retain]] alignas(8) constinit RawRequest listed = raw_request(limine::BootloaderInfo::id);
[[gnu::used, gnu::retain]] alignas(8) constinit RawRequest unlisted = raw_request(limine::ExecutableAddress::id);

}  // namespace

[[gnu::used, gnu::retain, gnu::section(".limine_reqs")]] constinit const std::array<const void*, 4> list = {
    &limine::request<limine::Hhdm>, &limine::request<limine::MemoryMap>, &listed, nullptr};

extern const std::uint64_t asked_revision = 0;

void judge_list(Report& report) {
    report.section("Limine Requests Section");
    report.promise("a request that the section lists is answered", response_of(listed) != untouched);
    report.promise("a request that the section does not list is not answered", response_of(unlisted) == untouched);
}

}  // namespace lintel::conformance

extern "C" void conformance_main() {
    using namespace lintel::conformance;
    Report report = Report::open();
    judge_list(report);
    judge_page_tables(report);
    judge_image_mapping(report);
    judge_processor(report, {.entry_point = false, .stack_size = 64 << 10});
    judge_memory_map(report);
    report.finish();
}
