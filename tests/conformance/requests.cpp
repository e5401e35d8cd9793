// Unknown requests, such as this machine cannot answer, and such as do not count.
// Invariant: the identifiers of features are the specification's.
#include "tests/conformance/requests.hpp"

#include "tests/conformance/kernel.hpp"
#include "tests/conformance/memory.hpp"

#define IN_SECTION(name) [[gnu::used, gnu::retain, gnu::section(name)]] alignas(8) constinit

namespace lintel::conformance {
namespace {

constexpr limine::FeatureId device_tree{0xb40ddb48fb54bac7, 0x545081493f81ffb7};
constexpr limine::FeatureId boot_hart{0x1369359f025525f9, 0x2ff2a56178391bb6};
constexpr limine::FeatureId nobodys{0x6e6f626f64792773, 0x2066656174757265};

IN_SECTION(".limine_requests") RawRequest unknown = raw_request(nobodys);
IN_SECTION(".limine_requests") RawRequest device_tree_request = raw_request(device_tree);
IN_SECTION(".limine_requests") RawRequest boot_hart_request = raw_request(boot_hart);

/// Stands where no 8-byte boundary is.
struct [[gnu::packed]] Misaligned {
    std::uint32_t before = 0;
    RawRequest request{};
};
IN_SECTION(".limine_requests") Misaligned misaligned{0, raw_request(limine::Hhdm::id)};

/// A request's first half followed by something else.
IN_SECTION(".limine_requests") std::uint64_t half_a_request[6] = {limine::common_magic.first, 0, 0, 0, 0, untouched};

IN_SECTION(".requests_before_markers") RawRequest before = raw_request(FirmwareType::id);
IN_SECTION(".requests_behind_markers") RawRequest behind = raw_request(FirmwareType::id);

std::uint64_t response_of_misaligned() {
    return read_at<std::uint64_t>(std::as_bytes(std::span(&misaligned, 1)), 4 + 40).value_or(0);
}

}  // namespace

void judge_requests(Report& report) {
    report.section("Request");
    report.promise("an unknown request is left untouched", response_of(unknown) == untouched, "response {:x}",
                   response_of(unknown));
    report.promise("a request's identifier counts only on an 8-byte boundary", response_of_misaligned() == untouched);
    report.promise("half a request's identifier is none", half_a_request[5] == untouched);
    report.promise("a request of a newer revision is processed as the newest known",
                   limine::request<FirmwareType>.response() != nullptr);

    report.section("Device Tree Blob Feature");
    report.promise("a request that cannot be answered is left untouched: there is no device tree",
                   response_of(device_tree_request) == untouched);
    report.section("RISC-V BSP Hart ID Feature");
    report.promise("no response on a machine that is not RISC-V", response_of(boot_hart_request) == untouched);

    report.section("Requests Delimiters");
    if (asked_revision < 2) {
        report.skip("a request before the start marker is not answered", "the markers are hints below revision 2");
        report.skip("a request behind the end marker is not answered", "the markers are hints below revision 2");
        return;
    }
    report.promise("a request before the start marker is not answered", response_of(before) == untouched);
    report.promise("a request behind the end marker is not answered", response_of(behind) == untouched);
}

}  // namespace lintel::conformance
