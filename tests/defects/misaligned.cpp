// A request in a packed structure.
#include "tests/defects/kernel.hpp"

namespace {

struct [[gnu::packed]] Packed {
    std::uint32_t something;
    limine_hhdm_request request;
};

[[gnu::used, gnu::retain, gnu::section(".limine_requests")]] alignas(8) constinit Packed misaligned_request = {
    1, hhdm_request};

}  // namespace

void use_defect() {}
