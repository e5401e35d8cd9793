// Which stretches of a range of virtual addresses are given away.
// Invariant: what is given away does not overlap, and a page of nothing follows each, so that whoever runs over its end
// hits nothing.
// Not locked: whoever has the pool locks it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/address.hpp"
#include "base/result.hpp"

namespace lintel {

class AddressPool {
public:
    struct Stretch {
        VirtAddr begin;
        std::uint64_t length;  // whole pages

        [[nodiscard]] constexpr VirtAddr end() const { return begin + length; }
    };
    static constexpr std::size_t most = 128;

    /// Gives out the addresses from `begin` to `end`, both at a page.
    constexpr AddressPool(VirtAddr begin, VirtAddr end) : begin_(begin), end_(end) {}

    /// The lowest place for `length` bytes, which become whole pages. Fails where there is none.
    Result<Stretch> take(std::uint64_t length);

    /// Takes back what take() gave. Panics where nothing starts there.
    void give(VirtAddr begin);

    /// What `address` lies in.
    [[nodiscard]] std::optional<Stretch> find(VirtAddr address) const;

    [[nodiscard]] std::size_t count() const { return count_; }

private:
    VirtAddr begin_;
    VirtAddr end_;
    std::array<Stretch, most> taken_{};  // by address
    std::size_t count_ = 0;
};

}  // namespace lintel
