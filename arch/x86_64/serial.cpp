#include "arch/serial.hpp"

#include "arch/x86_64/ports.hpp"

namespace lintel::arch {
namespace {

// Registers, as offsets from the port's base (PC16550D data sheet, table II).
constexpr std::uint16_t data_register = 0;     // divisor's low byte while the latch bit is set
constexpr std::uint16_t interrupt_enable = 1;  // divisor's high byte while the latch bit is set
constexpr std::uint16_t fifo_control = 2;
constexpr std::uint16_t line_control = 3;
constexpr std::uint16_t modem_control = 4;
constexpr std::uint16_t line_status = 5;
constexpr std::uint16_t scratch = 7;

constexpr std::uint8_t line_8n1 = 0x03;
constexpr std::uint8_t divisor_latch = 0x80;
constexpr std::uint8_t fifo_enable_and_clear = 0x07;
constexpr std::uint8_t terminal_and_request_ready = 0x03;
constexpr std::uint8_t second_output = 0x08;
constexpr std::uint8_t loopback = 0x10;
constexpr std::uint8_t data_available = 0x01;  // in the interrupt enable register
constexpr std::uint8_t data_ready = 0x01;
constexpr char probe = 0x5a;
constexpr std::uint8_t can_take_more = 0x20;  // the FIFO is empty
constexpr std::uint8_t all_sent = 0x40;       // so is the shift register behind it
constexpr std::uint8_t nothing_there = 0xff;  // what a read from an address without a device gives

constexpr unsigned clock = 115200;

// Reads of a status register before a port counts as stuck: about two seconds on hardware. A full FIFO of 16 characters
// leaves in 1.4 ms at 115200 baud, but an emulator on a busy host may not get to it for some tenths of a second, and
// then it is the sentence that says what is wrong that would be lost.
constexpr int patience = 2'000'000;

}  // namespace

Result<SerialPort> SerialPort::open(std::uint16_t port, unsigned baud) {
    if (baud == 0 || baud > clock || clock / baud > 0xffff)
        return fail(ErrorCode::unsupported, "a serial port cannot run at this speed", {}, baud);
    if (in8(port + line_status) == nothing_there)
        return fail(ErrorCode::not_found, "no serial port answers at this address", {}, port);

    // Whoever used the port before may have characters on the way, which the set-up would cut off.
    for (int i = 0; i < patience && (in8(port + line_status) & all_sent) == 0; ++i) {
    }

    const unsigned divisor = clock / baud;
    out8(port + interrupt_enable, 0);
    out8(port + line_control, divisor_latch | line_8n1);
    out8(port + data_register, static_cast<std::uint8_t>(divisor));
    out8(port + interrupt_enable, static_cast<std::uint8_t>(divisor >> 8));
    out8(port + line_control, line_8n1);

    SerialPort serial(port);
    // What has come already would be lost by clearing the FIFO, by switching it on, and in the loopback test.
    const bool has_keys = (in8(port + line_status) & data_ready) != 0;
    if (!has_keys) out8(port + fifo_control, fifo_enable_and_clear);
    if (has_keys ? !serial.remembers() : !serial.answers_itself())
        return fail(ErrorCode::device, "the serial port fails its test", {}, port);
    out8(port + modem_control, terminal_and_request_ready);
    return serial;
}

std::optional<SerialPort> SerialPort::find(std::uint16_t port) {
    if (in8(port + line_status) == nothing_there) return std::nullopt;
    return SerialPort(port);
}

void SerialPort::enable_interrupts() {
    // On a PC the second output gates the port's interrupt.
    out8(port_ + modem_control, in8(port_ + modem_control) | second_output);
    out8(port_ + interrupt_enable, data_available);
}

bool SerialPort::answers_itself() {
    out8(port_ + modem_control, terminal_and_request_ready | loopback);
    send(probe);
    // Characters from before may come first: some UARTs do not empty their FIFO when told to.
    for (int i = 0; i < patience; ++i)
        if (try_read() == probe) return true;
    return false;
}

bool SerialPort::remembers() const {
    out8(port_ + scratch, probe);
    return in8(port_ + scratch) == probe;
}

bool SerialPort::can_send() const { return (in8(port_ + line_status) & can_take_more) != 0; }

void SerialPort::send(char c) {
    // A stuck port is asked once for each character: it may come back, and the wait was long enough the first time.
    for (int i = stuck_ ? 1 : patience; i > 0; --i) {
        if (!can_send()) continue;
        out8(port_ + data_register, static_cast<std::uint8_t>(c));
        stuck_ = false;
        return;
    }
    stuck_ = true;
}

void SerialPort::write(std::string_view text) {
    for (char c : text) {
        if (c == '\n') send('\r');
        send(c);
    }
}

std::optional<char> SerialPort::try_read() {
    std::uint8_t status = in8(port_ + line_status);
    if (status == nothing_there || (status & data_ready) == 0) return std::nullopt;
    return static_cast<char>(in8(port_ + data_register));
}

}  // namespace lintel::arch
