// Sorting without the bulk of the library's, which is made for lists much longer than any here.
// Invariant: elements that compare equal keep their order.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

namespace lintel {

/// Sorts by the member `key`, ascending. The time grows with the number of elements that stand in the wrong order: for
/// lists that are short or almost sorted.
template <class T, class Key>
void sort_by(std::span<T> list, Key T::* key) {
    for (std::size_t i = 1; i < list.size(); ++i)
        for (std::size_t at = i; at > 0 && list[at].*key < list[at - 1].*key; --at) std::swap(list[at], list[at - 1]);
}

}  // namespace lintel
