// A serial port: for logs, and for keys, polled or by interrupt.
// Invariant: no call waits without bound, whether the port is absent, stuck or fine.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"

namespace lintel::arch {

inline constexpr std::uint16_t com1 = 0x3f8;

/// The interrupt of the ISA bus that COM1 has.
inline constexpr std::uint8_t com1_interrupt = 4;

/// A 16550 UART (National Semiconductor PC16550D), 8 data bits, no parity, 1 stop bit.
class SerialPort {
public:
    /// Sets the port up; what it has received already can be read afterwards. Fails where none answers at that address.
    static Result<SerialPort> open(std::uint16_t port, unsigned baud);

    /// One that is set up already, left as it is; nothing where none answers at that address.
    static std::optional<SerialPort> find(std::uint16_t port);

    /// Has the port interrupt for each character that it receives, until it is read.
    void enable_interrupts();

    /// Sends `text`, with a carriage return before each line feed. What a stuck port does not take is dropped.
    void write(std::string_view text);

    /// The next character received, if there is one.
    std::optional<char> try_read();

private:
    explicit SerialPort(std::uint16_t port) : port_(port) {}

    bool answers_itself();
    [[nodiscard]] bool remembers() const;
    void send(char c);
    [[nodiscard]] bool can_send() const;

    std::uint16_t port_;
    bool stuck_ = false;
};

}  // namespace lintel::arch
