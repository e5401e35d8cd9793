#include "kernel/memory/address_pool.hpp"

#include <algorithm>

#include "base/checked.hpp"

namespace lintel {

Result<AddressPool::Stretch> AddressPool::take(std::uint64_t length) {
    const auto rounded = checked_align_up(length, page_size);
    if (!rounded || *rounded == 0) return fail(ErrorCode::malformed, "no addresses can be had for that many bytes");
    if (count_ == most) return fail(ErrorCode::out_of_memory, "there are too many ranges of addresses");
    VirtAddr at = begin_;
    std::size_t before = 0;
    while (before < count_ && taken_[before].begin - at <= *rounded) at = taken_[before++].end() + page_size;
    if (at >= end_ || *rounded >= end_ - at) return fail(ErrorCode::out_of_memory, "no addresses are left");
    auto* place = taken_.begin() + before;
    std::move_backward(place, taken_.begin() + count_, taken_.begin() + count_ + 1);
    ++count_;
    return *place = Stretch{at, *rounded};
}

void AddressPool::give(VirtAddr begin) {
    auto* end = taken_.begin() + count_;
    auto* place = std::find_if(taken_.begin(), end, [&](const Stretch& one) { return one.begin == begin; });
    ensure(place != end, "addresses are given back that were not taken");
    std::move(place + 1, end, place);
    --count_;
}

std::optional<AddressPool::Stretch> AddressPool::find(VirtAddr address) const {
    const auto* end = taken_.begin() + count_;
    const auto* after = std::upper_bound(taken_.begin(), end, address,
                                         [](VirtAddr wanted, const Stretch& one) { return wanted < one.begin; });
    if (after == taken_.begin() || address >= (after - 1)->end()) return std::nullopt;
    return *(after - 1);
}

}  // namespace lintel
