// A serial port, polled: for logs, and for keys in a loader's menu.
// Invariant: no call waits without bound, whether the port is absent, stuck or fine.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"

namespace lintel::arch {

inline constexpr std::uint16_t com1 = 0x3f8;

/// A 16550 UART (National Semiconductor PC16550D), 8 data bits, no parity, 1 stop bit.
class SerialPort {
public:
    /// Sets the port up. Fails where none answers at that address.
    static Result<SerialPort> open(std::uint16_t port, unsigned baud);

    /// Sends `text`, with a carriage return before each line feed. What a stuck port does not take is dropped.
    void write(std::string_view text);

    /// The next character received, if there is one.
    std::optional<char> try_read();

private:
    explicit SerialPort(std::uint16_t port) : port_(port) {}

    bool answers_itself();
    void send(char c);
    [[nodiscard]] bool can_send() const;

    std::uint16_t port_;
    bool stuck_ = false;
};

}  // namespace lintel::arch
