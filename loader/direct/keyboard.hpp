// Keys without firmware: a terminal's bytes from the serial line, and the PS/2 keyboard's scan codes.
#pragma once

#include "arch/keyboard.hpp"
#include "arch/serial.hpp"
#include "base/scan_codes.hpp"
#include "loader/core/console.hpp"

namespace lintel::loader::direct {

class DirectKeyboard final : public Keyboard {
public:
    DirectKeyboard();
    std::optional<KeyPress> wait(std::uint32_t milliseconds) override;

private:
    std::optional<KeyPress> poll_keyboard();

    std::optional<arch::SerialPort> serial_{};
    KeyDecoder decoder_{};
    std::uint32_t silence_ = 0;  // milliseconds since the serial line's last byte
    std::optional<arch::KeyboardPort> keyboard_{};
    ScanCodes scan_codes_{};
};

}  // namespace lintel::loader::direct
