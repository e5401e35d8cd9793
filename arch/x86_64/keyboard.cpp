#include "arch/keyboard.hpp"

#include "arch/x86_64/ports.hpp"

namespace lintel::arch {
namespace {

constexpr std::uint16_t data = 0x60, status = 0x64;
constexpr std::uint8_t has_data = 1 << 0, cannot_take = 1 << 1, from_mouse = 1 << 5;
constexpr std::uint8_t command_read_mode = 0x20, command_write_mode = 0x60;
constexpr std::uint8_t command_disable = 0xad, command_enable = 0xae;
constexpr std::uint8_t mode_interrupts = 1 << 0, mode_mouse_interrupts = 1 << 1, mode_mouse_held_back = 1 << 5,
                       mode_translates = 1 << 6;
constexpr std::uint8_t nothing_there = 0xff;  // what a read from a port without a device gives
constexpr int most_bytes = 32;                // more than any controller keeps

/// Waits, within reason, until a bit of the controller's status is as wanted; whether it is.
bool await(std::uint8_t bit, bool wanted) {
    for (int i = 0; i < 10'000; ++i)
        if (((in8(status) & bit) != 0) == wanted) return true;
    return false;
}

void send(std::uint16_t port, std::uint8_t value) {
    await(cannot_take, false);
    out8(port, value);
}

void drop_bytes() {
    for (int i = 0; i < most_bytes && (in8(status) & has_data) != 0; ++i) in8(data);
}

}  // namespace

Result<KeyboardPort> KeyboardPort::open(KeyboardMode mode) {
    if (in8(status) == nothing_there) return fail(ErrorCode::not_found, "no keyboard controller answers");
    // A key that is pressed meanwhile must not be taken for the controller's answer, so the keyboard is held back and
    // what it said is dropped.
    send(status, command_disable);
    await(cannot_take, false);
    drop_bytes();
    send(status, command_read_mode);
    if (!await(has_data, true)) {
        send(status, command_enable);
        return fail(ErrorCode::device, "the keyboard controller does not say how it is set up");
    }
    std::uint8_t byte = in8(data);
    byte |= mode_translates;
    if (mode == KeyboardMode::interrupts) {
        // Both devices share one byte of room: what a mouse has put there, and nobody fetches, stops the keyboard.
        byte |= mode_interrupts | mode_mouse_held_back;
        byte &= static_cast<std::uint8_t>(~mode_mouse_interrupts);
    }
    send(status, command_write_mode);
    send(data, byte);
    send(status, command_enable);
    return KeyboardPort();
}

std::optional<std::uint8_t> KeyboardPort::try_read() {
    for (int i = 0; i < most_bytes; ++i) {
        const std::uint8_t now = in8(status);
        if ((now & has_data) == 0 || now == nothing_there) return std::nullopt;
        const std::uint8_t byte = in8(data);
        if ((now & from_mouse) == 0) return byte;
    }
    return std::nullopt;
}

void KeyboardPort::pretend(std::uint8_t byte) {
    constexpr std::uint8_t command_write_output = 0xd2;
    send(status, command_write_output);
    send(data, byte);
}

}  // namespace lintel::arch
