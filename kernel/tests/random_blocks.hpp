// For tests that do many things at random: numbers that are the same in each run, and blocks of the heap that can be
// told apart.
#pragma once

#include <algorithm>
#include <cstdint>
#include <new>

namespace lintel {

/// Marsaglia's xorshift, 64 bits.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t below(std::uint64_t limit) {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return (state_ >> 16) % limit;
    }

private:
    std::uint64_t state_;
};

/// A block whose words all tell which one it is.
struct Stamped {
    std::uint64_t* words = nullptr;
    std::uint64_t count = 0;
    std::uint64_t stamp = 0;

    bool make(Random& random, std::uint64_t new_stamp) {
        count = random.below(256) == 0 ? 1 + random.below(4000) : 1 + random.below(40);
        stamp = new_stamp;
        words = new (std::nothrow) std::uint64_t[count];
        if (words == nullptr) return false;
        std::fill_n(words, count, stamp);
        return true;
    }

    /// Whether it was still what it was.
    bool drop() {
        const bool same = std::all_of(words, words + count, [&](std::uint64_t word) { return word == stamp; });
        delete[] words;
        words = nullptr;
        return same;
    }
};

}  // namespace lintel
