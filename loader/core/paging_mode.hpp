// How many levels of page tables an executable gets: by its own wish, by the configuration's limits, and by what the
// processor can do (PROTOCOL.md, "Paging Mode Feature"; CONFIG.md, "max_paging_mode").
// Invariant: a mode that is chosen lies within all three, or there is none and the error says which two conflict.
#pragma once

#include "arch/page_tables.hpp"
#include "base/result.hpp"
#include "loader/core/requests.hpp"

namespace lintel::loader {

/// What a configuration entry allows.
struct PagingLimits {
    arch::Levels lowest = arch::Levels::four;
    arch::Levels highest = arch::Levels::five;
    friend bool operator==(const PagingLimits&, const PagingLimits&) = default;
};

/// `most` is what the processor has.
Result<arch::Levels> choose_paging_mode(const Requests& requests, const PagingLimits& limits, arch::Levels most);

constexpr limine::PagingLevels protocol_mode(arch::Levels levels) {
    return levels == arch::Levels::five ? limine::PagingLevels::five : limine::PagingLevels::four;
}

}  // namespace lintel::loader
