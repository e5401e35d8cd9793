#include "loader/direct/keyboard.hpp"

#include "arch/x86_64/ports.hpp"

namespace lintel::loader::direct {
namespace {

// Intel 8254, channel 2, whose output can be read back through port B: the PC's clock that needs no interrupt.
constexpr std::uint16_t timer_channel_2 = 0x42, timer_command = 0x43, port_b = 0x61;
constexpr std::uint32_t timer_frequency = 1'193'182;  // Hz
constexpr std::uint8_t channel_2_one_shot = 0b10'11'000'0;
constexpr std::uint8_t gate = 1 << 0, speaker = 1 << 1, output = 1 << 5;

/// Starts a count of at most 54 ms; over() tells when it has run down.
void start_count(std::uint32_t milliseconds) {
    auto count = static_cast<std::uint16_t>(timer_frequency * milliseconds / 1000);
    arch::out8(port_b, static_cast<std::uint8_t>((arch::in8(port_b) & ~speaker) | gate));
    arch::out8(timer_command, channel_2_one_shot);
    arch::out8(timer_channel_2, static_cast<std::uint8_t>(count));
    arch::out8(timer_channel_2, static_cast<std::uint8_t>(count >> 8));
}

bool count_is_over() { return (arch::in8(port_b) & output) != 0; }

}  // namespace

DirectKeyboard::DirectKeyboard() {
    if (auto port = arch::SerialPort::open(arch::com1, 115200)) serial_ = *port;
    // Before anybody can see a menu, and so before a key that counts is pressed.
    if (auto keyboard = arch::KeyboardPort::open(arch::KeyboardMode::polled)) keyboard_ = *keyboard;
}

std::optional<KeyPress> DirectKeyboard::wait(std::uint32_t milliseconds) {
    constexpr std::uint32_t step = 10;           // milliseconds
    constexpr std::uint32_t escape_pause = 100;  // milliseconds that a terminal's escape sequence may pause
    for (std::uint32_t passed = 0; passed < milliseconds; passed += step) {
        start_count(step);
        while (!count_is_over()) {
            if (auto key = poll_keyboard()) return key;
            auto byte = serial_ ? serial_->try_read() : std::nullopt;
            if (!byte) continue;
            silence_ = 0;
            if (auto key = decoder_.feed(*byte)) return key;
            start_count(step);
        }
        silence_ += step;
        if (silence_ < escape_pause) continue;
        silence_ = 0;
        if (auto key = decoder_.idle()) return key;
    }
    return std::nullopt;
}

std::optional<KeyPress> DirectKeyboard::poll_keyboard() {
    auto code = keyboard_ ? keyboard_->try_read() : std::nullopt;
    return code ? scan_codes_.feed(*code) : std::nullopt;
}

}  // namespace lintel::loader::direct
