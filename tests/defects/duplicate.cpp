// A request that another file has, too.
#include "tests/defects/kernel.hpp"

namespace {

[[gnu::used, gnu::retain,
  gnu::section(".limine_requests")]] alignas(8) constinit limine_hhdm_request second_request = hhdm_request;

}  // namespace

void use_defect() {}
