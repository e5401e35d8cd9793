// The kernel that has a compressed module of its own. Apart from the others, as Limine 8.2.0 starts none that does.
#include "protocol/limine.hpp"
#include "tests/conformance/base_revision.hpp"
#include "tests/conformance/expectations.hpp"
#include "tests/conformance/internal_modules.hpp"
#include "tests/conformance/kernel.hpp"
#include "tests/conformance/memory.hpp"

extern "C" [[noreturn]] void conformance_main();

namespace lintel::conformance {
namespace {

constexpr std::uint64_t revision = LINTEL_CONFORMANCE_REVISION;

[[gnu::used, gnu::retain, gnu::section(".limine_requests")]] alignas(8) constinit volatile std::uint64_t tag[3] = {
    limine::base_revision_magic.first, limine::base_revision_magic.second, revision};

constinit const limine::InternalModule compressed{"compressed.txt.gz", "", limine::internal_module_compressed};
constinit const limine::InternalModule* const internal_modules[] = {&compressed};

void judge_modules(Report& report) {
    report.section("Module Feature");
    const auto* response = limine::request<InternalModules<internal_modules>>.response();
    if (!report.promise("the request is answered", response != nullptr)) return;
    constexpr std::string_view decompressed = "an internal module that is compressed with gzip is decompressed";
    if (response->revision < 2) return report.skip(decompressed, "the response's revision does not promise it");
    const auto modules = response->view();
    report.promise(decompressed, !modules.empty() && is_mapped(modules[0]->address, modules[0]->size) &&
                                     as_text(modules[0]->bytes()) == compressed_module_text);
}

}  // namespace

extern const std::uint64_t asked_revision = revision;

BaseRevisionWords base_revision_words() { return {tag[1], tag[2]}; }

}  // namespace lintel::conformance

extern "C" void conformance_main() {
    using namespace lintel::conformance;
    Report report = Report::open();
    judge_base_revision(report);
    judge_modules(report);
    report.finish();
}
