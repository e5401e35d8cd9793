// The module request in its revision 1, with modules of the executable's own ("Module Feature").
#pragma once

#include <cstdint>
#include <iterator>

#include "protocol/limine.hpp"

namespace lintel::conformance {

/// Asks for what `list` points to, an array of pointers to internal modules.
template <const auto& list>
struct InternalModules {
    static constexpr limine::FeatureId id = limine::Modules::id;
    static constexpr std::uint64_t revision = 1;
    struct Parameters {
        std::uint64_t count = std::size(list);
        const limine::InternalModule* const* modules = list;
    };
    using Response = limine::ModuleResponse;
};

}  // namespace lintel::conformance
