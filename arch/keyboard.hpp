// The PS/2 keyboard, polled or by interrupt: bytes of scan code set 1 (base/scan_codes.hpp).
// Invariant: no call waits without bound, whether the controller is absent, stuck or fine.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.hpp"

namespace lintel::arch {

/// The interrupt of the ISA bus that the keyboard has.
inline constexpr std::uint8_t keyboard_interrupt = 1;

/// Whether the keyboard asks for attention by interrupt; a mouse is held back then.
enum class KeyboardMode : std::uint8_t { polled, interrupts };

/// The keyboard behind a PC/AT's controller (Intel 8042).
class KeyboardPort {
public:
    /// Has the controller translate to set 1, as firmware does, and drops what was typed before. Fails, and changes
    /// nothing, where no controller answers.
    static Result<KeyboardPort> open(KeyboardMode mode);

    /// The next byte, if there is one. What comes from a mouse is dropped.
    std::optional<std::uint8_t> try_read();

    /// Has the controller give `byte` as if the keyboard had sent it: for tests.
    void pretend(std::uint8_t byte);

private:
    KeyboardPort() = default;
};

}  // namespace lintel::arch
