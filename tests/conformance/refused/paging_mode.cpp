// No paging mode is at most the one with four levels and at least the one with five.
#include "protocol/limine.hpp"

namespace {

using limine::PagingLevels;

// Asking is all that matters: the request stands in the image.
[[maybe_unused]] const auto* const asked =
    &limine::request<limine::PagingMode<PagingLevels::four, PagingLevels::four, PagingLevels::five>>;

}  // namespace
