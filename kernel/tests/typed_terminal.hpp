// A terminal at which a text is typed: for tests of what reads from one, in the machine and on the host. What it shows
// is for each test to say. Invariant: keys come as a serial line brings them, and there are no more where the text
// ends.
#pragma once

#include <optional>
#include <string_view>

#include "kernel/monitor/terminal.hpp"

namespace lintel {

class TypedTerminal : public Terminal {
public:
    std::optional<KeyPress> read() final {
        while (!keys_.empty()) {
            const char byte = keys_.front();
            keys_.remove_prefix(1);
            if (const auto key = decoder_.feed(byte)) return key;
        }
        return std::nullopt;
    }

protected:
    /// `keys` outlive it.
    explicit TypedTerminal(std::string_view keys) : keys_(keys) {}
    ~TypedTerminal() = default;

private:
    std::string_view keys_;
    KeyDecoder decoder_{};
};

}  // namespace lintel
