// What every harness has: one function that takes an input apart, and the means to do so.
// Invariant: a harness keeps nothing from one input to the next, so that an input alone repeats a failure.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace lintel::fuzz {

/// Each harness defines it. Where the code under test breaks a promise, ensure() ends the program, and libFuzzer keeps
/// the input.
void try_input(Bytes input);

/// An input being taken apart: numbers and pieces, one after the other.
class Input {
public:
    explicit Input(Bytes bytes) : bytes_(bytes) {}

    [[nodiscard]] bool empty() const { return bytes_.empty(); }
    [[nodiscard]] Bytes rest() const { return bytes_; }

    /// The next number; zero for what is not there any more.
    template <std::unsigned_integral T>
    T number() {
        T value = 0;
        Bytes piece = take(sizeof value);
        if (!piece.empty()) std::memcpy(&value, piece.data(), piece.size());
        return value;
    }

    /// The next `length` bytes, or as many as there are.
    Bytes take(std::size_t length) {
        Bytes piece = bytes_.first(std::min(length, bytes_.size()));
        bytes_ = bytes_.subspan(piece.size());
        return piece;
    }

    /// What comes before the last zero byte; that byte is dropped, and what comes after it stays. All where there is
    /// none. So a text stays a text when it is looked at, and needs no length in front.
    Bytes take_text() {
        std::size_t zero = as_text(bytes_).rfind('\0');
        if (zero == std::string_view::npos) return take(bytes_.size());
        Bytes text = take(zero);
        take(1);
        return text;
    }

private:
    Bytes bytes_;
};

/// A copy with nothing behind it, so that a read beyond the end is seen.
inline std::vector<std::byte> copy_of(Bytes bytes) {
    std::vector<std::byte> copy(bytes.begin(), bytes.end());
    copy.shrink_to_fit();
    return copy;
}

/// An error says what is wrong.
inline void check_error(const Error& error) {
    ensure(!std::string_view(error.text).empty(), "an error has a sentence");
}

}  // namespace lintel::fuzz
