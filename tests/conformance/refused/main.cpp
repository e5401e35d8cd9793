// The body of kernels that a loader has to refuse; what for stands in the file beside. Who gets here was not refused.
#include "protocol/limine.hpp"
#include "tests/conformance/kernel.hpp"

extern "C" [[noreturn]] void conformance_main();

namespace lintel::conformance {
namespace {

[[gnu::used, gnu::retain, gnu::section(".limine_requests")]] alignas(8) constinit volatile std::uint64_t tag[3] = {
    limine::base_revision_magic.first, limine::base_revision_magic.second, LINTEL_CONFORMANCE_REVISION};

}  // namespace
}  // namespace lintel::conformance

extern "C" void conformance_main() {
    using namespace lintel::conformance;
    // Even a loader that does not refuse has to say which base revision it used (from revision 3 on).
    Report report = Report::open();
    report.section("Request");
    report.promise("this executable is refused", false, "the tag's words are {:x} and {:x}", std::uint64_t{tag[1]},
                   std::uint64_t{tag[2]});
    report.finish();
}
