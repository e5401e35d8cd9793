// A module request for one internal module.
#pragma once

#include "tests/conformance/requests.hpp"

namespace lintel::conformance {

struct OneModuleRequest {
    RawRequest request = raw_request(limine::Modules::id, 1);
    std::uint64_t count = 1;
    const limine::InternalModule* const* modules;
};

}  // namespace lintel::conformance
