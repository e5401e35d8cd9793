// A PS/2 keyboard's scan codes of set 1 (IBM PS/2, "Keyboard"), on the US layout, as keys.
// Invariant: shift and control count exactly while they are held; a key let go is no key.
#pragma once

#include <cstdint>
#include <optional>

#include "base/keys.hpp"

namespace lintel {

class ScanCodes {
public:
    /// The key that `code` completes, if it completes one.
    std::optional<KeyPress> feed(std::uint8_t code);

private:
    [[nodiscard]] KeyPress character(std::uint8_t code) const;

    bool extended_ = false;  // the last code was the prefix 0xe0
    std::uint8_t shifts_ = 0;
    std::uint8_t controls_ = 0;
    bool capitals_ = false;
};

}  // namespace lintel
