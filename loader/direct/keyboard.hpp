// Keys without firmware: a terminal's bytes from the serial line, and the PS/2 keyboard's scan codes.
#pragma once

#include "arch/serial.hpp"
#include "loader/core/console.hpp"

namespace lintel::loader::direct {

class DirectKeyboard final : public Keyboard {
public:
    DirectKeyboard();
    std::optional<Key> wait(std::uint32_t milliseconds) override;

private:
    std::optional<Key> poll_keyboard();

    std::optional<arch::SerialPort> serial_{};
    KeyDecoder decoder_{};
    bool extended_ = false;  // the last scan code was the prefix 0xe0
};

}  // namespace lintel::loader::direct
