// The base revision tag as the loader left it; the tag itself is the main file's.
#include "tests/conformance/base_revision.hpp"
#include "tests/conformance/kernel.hpp"

namespace lintel::conformance {

void judge_base_revision(Report& report) {
    report.section("Base Revisions");
    const BaseRevisionWords tag = base_revision_words();
    report.promise("the tag's third word is 0 where the base revision asked for is supported", tag.third == 0,
                   "it is {:x}", tag.third);
    constexpr std::string_view loaded = "the tag's second word is the base revision used";
    if (asked_revision >= 3)
        report.promise(loaded, tag.second == asked_revision, "it is {:x}", tag.second);
    else
        report.skip(loaded, "promised only from revision 3 on");
}

}  // namespace lintel::conformance
