// A request that the linker drops: nothing uses it, and its section is not kept.
#include "tests/defects/kernel.hpp"

extern constinit limine_hhdm_request collected_request;
constinit limine_hhdm_request collected_request = hhdm_request;

void use_defect() {}
