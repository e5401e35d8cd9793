// Where the monitor reads keys and writes text: the machine's own serial line, keyboard and screen, or a test's.
#pragma once

#include <optional>
#include <string_view>

#include "base/keys.hpp"

namespace lintel {

class Terminal {
public:
    /// Waits for the next key; nothing where no more can come.
    virtual std::optional<KeyPress> read() = 0;

    /// Shows `text`: lines end in "\n", and "\b" goes back by one column.
    virtual void write(std::string_view text) = 0;

protected:
    ~Terminal() = default;
};

}  // namespace lintel
