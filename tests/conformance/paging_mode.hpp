// What each form of the Paging Mode request is promised.
#pragma once

#include "protocol/limine.hpp"
#include "tests/conformance/arch-x86_64/paging_levels.hpp"
#include "tests/conformance/report.hpp"

namespace lintel::conformance {

template <limine::PagingLevels preferred>
void judge_paging_mode(Report& report) {
    using enum limine::PagingLevels;
    report.section("Paging Mode Feature");
    const auto* paging = limine::request<limine::PagingMode<preferred>>.response();
    if (!report.promise("the request is answered", paging != nullptr)) return;
    report.promise("the response's revision is 0", paging->revision == 0, "it is {}", paging->revision);
    report.promise("the response tells the paging mode that is enabled",
                   paging->mode == (in_five_levels() ? five : four), "it tells {}", paging->mode);
    report.promise("the mode lies within what the request allows", paging->mode <= preferred, "it is {}", paging->mode);
    constexpr std::string_view best = "the mode is the preferred one";
    if (preferred == five && !has_five_levels())
        report.skip(best, "this processor does not have it");
    else
        report.promise(best, paging->mode == preferred, "it is {}", paging->mode);
}

}  // namespace lintel::conformance
