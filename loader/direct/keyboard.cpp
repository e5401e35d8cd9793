#include "loader/direct/keyboard.hpp"

#include "arch/x86_64/ports.hpp"

namespace lintel::loader::direct {
namespace {

// Intel 8254, channel 2, whose output can be read back through port B: the PC's clock that needs no interrupt.
constexpr std::uint16_t timer_channel_2 = 0x42, timer_command = 0x43, port_b = 0x61;
constexpr std::uint32_t timer_frequency = 1'193'182;  // Hz
constexpr std::uint8_t channel_2_one_shot = 0b10'11'000'0;
constexpr std::uint8_t gate = 1 << 0, speaker = 1 << 1, output = 1 << 5;

// The keyboard controller (Intel 8042).
constexpr std::uint16_t keyboard_data = 0x60, keyboard_status = 0x64;
constexpr std::uint8_t has_data = 1 << 0, cannot_take = 1 << 1, from_mouse = 1 << 5;
constexpr std::uint8_t command_read_mode = 0x20, command_write_mode = 0x60;
constexpr std::uint8_t command_disable = 0xad, command_enable = 0xae;
constexpr std::uint8_t mode_translates = 1 << 6;

/// Starts a count of at most 54 ms; over() tells when it has run down.
void start_count(std::uint32_t milliseconds) {
    auto count = static_cast<std::uint16_t>(timer_frequency * milliseconds / 1000);
    arch::out8(port_b, static_cast<std::uint8_t>((arch::in8(port_b) & ~speaker) | gate));
    arch::out8(timer_command, channel_2_one_shot);
    arch::out8(timer_channel_2, static_cast<std::uint8_t>(count));
    arch::out8(timer_channel_2, static_cast<std::uint8_t>(count >> 8));
}

bool count_is_over() { return (arch::in8(port_b) & output) != 0; }

/// Waits, within reason, until a bit of the controller's status is as wanted.
void await(std::uint8_t bit, bool wanted) {
    for (int i = 0; i < 10'000 && ((arch::in8(keyboard_status) & bit) != 0) != wanted; ++i) {
    }
}

void send(std::uint16_t port, std::uint8_t value) {
    await(cannot_take, false);
    arch::out8(port, value);
}

/// Asks for scan code set 1: firmware does so at its start, and nothing else here would. A key that is pressed
/// meanwhile must not be taken for the controller's answer, so the keyboard is held back and what it said is dropped.
void translate_scan_codes() {
    if (arch::in8(keyboard_status) == 0xff) return;
    send(keyboard_status, command_disable);
    await(cannot_take, false);
    for (int i = 0; i < 32 && (arch::in8(keyboard_status) & has_data) != 0; ++i) arch::in8(keyboard_data);
    send(keyboard_status, command_read_mode);
    await(has_data, true);
    std::uint8_t mode = arch::in8(keyboard_data);
    send(keyboard_status, command_write_mode);
    send(keyboard_data, mode | mode_translates);
    send(keyboard_status, command_enable);
}

}  // namespace

DirectKeyboard::DirectKeyboard() {
    if (auto port = arch::SerialPort::open(arch::com1, 115200)) serial_ = *port;
    // Before anybody can see a menu, and so before a key that counts is pressed.
    translate_scan_codes();
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
    std::uint8_t status = arch::in8(keyboard_status);
    // A machine without the controller reads as all ones.
    if ((status & has_data) == 0 || status == 0xff) return std::nullopt;
    std::uint8_t code = arch::in8(keyboard_data);
    if ((status & from_mouse) != 0) return std::nullopt;
    return scan_codes_.feed(code);
}

}  // namespace lintel::loader::direct
