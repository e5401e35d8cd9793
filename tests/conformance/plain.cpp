// The kernel that asks for next to nothing, and has no markers around its requests: what holds then.
#include "protocol/limine.hpp"
#include "tests/conformance/base_revision.hpp"
#include "tests/conformance/kernel.hpp"

extern "C" [[noreturn]] void conformance_main();

namespace lintel::conformance {
namespace {

constexpr std::uint64_t revision = LINTEL_CONFORMANCE_REVISION;

[[gnu::used, gnu::retain, gnu::section(".limine_requests")]] alignas(8) constinit volatile std::uint64_t tag[3] = {
    limine::base_revision_magic.first, limine::base_revision_magic.second, revision};

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
    // "at least 64KiB" is promised to who does not ask.
    judge_processor(report, {.entry_point = false, .stack_size = 64 << 10});
    judge_memory_map(report);
    report.finish();
}
