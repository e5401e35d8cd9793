// A request that the optimizer drops: nothing says that anybody else writes its response.
#include "tests/defects/kernel.hpp"

namespace {

constinit limine_hhdm_request folded_request = hhdm_request;

}  // namespace

void use_defect() {
    if (folded_request.response != nullptr) defect_main();
}
