// Keys that were pressed and that nobody has read yet.
// Invariant: pure; what does not fit is dropped, and what is there stays in its order.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "base/keys.hpp"

namespace lintel {

class KeyQueue {
public:
    static constexpr std::size_t capacity = 128;

    /// Adds a key; false where there is no room.
    constexpr bool push(KeyPress key) {
        if (count_ == capacity) return false;
        keys_[(first_ + count_) % capacity] = key;
        ++count_;
        return true;
    }

    /// The oldest key, if there is one.
    constexpr std::optional<KeyPress> pop() {
        if (count_ == 0) return std::nullopt;
        const auto key = keys_[first_];
        first_ = (first_ + 1) % capacity;
        --count_;
        return key;
    }

private:
    std::array<std::optional<KeyPress>, capacity> keys_{};
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};

}  // namespace lintel
