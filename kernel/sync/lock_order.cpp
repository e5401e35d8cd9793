#include "kernel/sync/lock_order.hpp"

#include <bit>

namespace lintel {
namespace {

constexpr std::uint64_t bit(unsigned number) { return std::uint64_t{1} << number; }

}  // namespace

std::optional<unsigned> LockOrder::find(std::string_view name) const {
    const unsigned count = count_.load(std::memory_order_acquire);
    for (unsigned number = 0; number < count; ++number)
        if (names_[number] == name) return number;
    return std::nullopt;
}

std::optional<unsigned> LockOrder::number_of(std::string_view name) {
    if (const auto known = find(name)) return known;
    const Turn turn(busy_);
    if (const auto known = find(name)) return known;  // another processor was faster
    const unsigned number = count_.load(std::memory_order_relaxed);
    if (number == most_names) return std::nullopt;
    names_[number] = name;
    count_.store(number + 1, std::memory_order_release);
    return number;
}

std::uint64_t LockOrder::reach_of(unsigned number) const {
    std::uint64_t reached = bit(number);
    for (std::uint64_t open = reached; open != 0;) {
        const auto at = static_cast<unsigned>(std::countr_zero(open));
        const std::uint64_t more = after_[at].load(std::memory_order_relaxed) & ~reached;
        reached |= more;
        open = (open & ~bit(at)) | more;
    }
    return reached;
}

bool LockOrder::record(unsigned first, unsigned second) {
    if ((after_[first].load(std::memory_order_relaxed) & bit(second)) != 0) return true;
    const Turn turn(busy_);
    if ((reach_of(second) & bit(first)) != 0) return false;
    after_[first].fetch_or(bit(second), std::memory_order_relaxed);
    return true;
}

unsigned LockOrder::next_on_way(unsigned first, unsigned last) const {
    for (std::uint64_t open = after_[first].load(std::memory_order_relaxed); open != 0; open &= open - 1) {
        const auto next = static_cast<unsigned>(std::countr_zero(open));
        if ((reach_of(next) & bit(last)) != 0) return next;
    }
    return last;
}

}  // namespace lintel
