// The serial driver against a model of the UART: the ports below are the machine.
#include "arch/serial.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "arch/x86_64/ports.hpp"

namespace lintel::arch {
namespace {

struct Uart {
    bool present = true;
    bool loops_back = true;
    bool stuck = false;           // the transmitter never empties
    int on_the_way = 0;           // characters that an earlier user sent, and one leaves at each read of the status
    bool cut_off = false;         // some of them were lost
    std::deque<char> received{};  // what try_read() finds
    std::string sent{};
    std::uint8_t line_control = 0;
    std::uint8_t modem_control = 0;
    unsigned divisor = 0;
    std::uint64_t reads = 0;
    bool has_scratch = true;
    std::uint8_t scratch = 0;
    bool fifo = false;
};

Uart uart;

class Serial : public testing::Test {
protected:
    void SetUp() override { uart = Uart{}; }
};

TEST_F(Serial, opens_at_the_speed_asked_for_with_eight_bits_and_no_parity) {
    ASSERT_TRUE(SerialPort::open(com1, 9600));
    EXPECT_EQ(uart.divisor, 12U);
    EXPECT_EQ(uart.line_control, 0x03);
    EXPECT_EQ(uart.modem_control & 0x10, 0) << "still in loopback";
    EXPECT_TRUE(uart.sent.empty()) << "the self-test was heard outside";
}

TEST_F(Serial, an_absent_port_is_reported) {
    uart.present = false;
    auto port = SerialPort::open(com1, 115200);
    ASSERT_FALSE(port);
    EXPECT_EQ(port.error().code, ErrorCode::not_found);
}

TEST_F(Serial, a_port_that_does_not_loop_back_is_reported) {
    uart.loops_back = false;
    auto port = SerialPort::open(com1, 115200);
    ASSERT_FALSE(port);
    EXPECT_EQ(port.error().code, ErrorCode::device);
}

TEST_F(Serial, characters_that_came_before_are_there_to_read) {
    uart.received = {'o', 'l', 'd'};
    auto port = SerialPort::open(com1, 9600);
    ASSERT_TRUE(port);
    EXPECT_EQ(uart.divisor, 12U);
    for (const char c : {'o', 'l', 'd'}) EXPECT_EQ(port->try_read(), c);
    EXPECT_FALSE(port->try_read());
    EXPECT_TRUE(uart.sent.empty());
}

TEST_F(Serial, a_port_that_has_characters_and_no_memory_is_none) {
    uart.received = {'o', 'l', 'd'};
    uart.has_scratch = false;
    EXPECT_FALSE(SerialPort::open(com1, 115200));
}

TEST_F(Serial, what_was_sent_before_is_let_out_first) {
    uart.on_the_way = 16;
    ASSERT_TRUE(SerialPort::open(com1, 115200));
    EXPECT_FALSE(uart.cut_off);
}

TEST_F(Serial, a_port_that_is_stuck_from_the_start_does_not_hang) {
    uart.stuck = true;
    EXPECT_FALSE(SerialPort::open(com1, 115200));
}

TEST_F(Serial, impossible_speeds_are_refused) {
    for (unsigned baud : {0U, 1U, 115201U}) EXPECT_FALSE(SerialPort::open(com1, baud)) << baud;
}

TEST_F(Serial, a_line_feed_gets_its_carriage_return) {
    auto port = SerialPort::open(com1, 115200);
    port->write("a\nb");
    EXPECT_EQ(uart.sent, "a\r\nb");
}

TEST_F(Serial, a_stuck_port_costs_one_wait_and_is_used_again_when_it_comes_back) {
    auto port = SerialPort::open(com1, 115200);
    uart.stuck = true;
    port->write("x");
    uart.reads = 0;
    port->write("twelve chars");
    EXPECT_LE(uart.reads, 12U);
    uart.stuck = false;
    port->write("back");
    EXPECT_EQ(uart.sent, "back");
}

TEST_F(Serial, reads_what_came_and_nothing_more) {
    auto port = SerialPort::open(com1, 115200);
    EXPECT_FALSE(port->try_read());
    uart.received = {'k'};
    EXPECT_EQ(port->try_read(), 'k');
    EXPECT_FALSE(port->try_read());
}

}  // namespace

std::uint8_t in8(std::uint16_t port) {
    ++uart.reads;
    if (!uart.present) return 0xff;
    if (port == com1 + 5) {
        if (uart.on_the_way > 0) --uart.on_the_way;
        const bool idle = !uart.stuck && uart.on_the_way == 0;
        return static_cast<std::uint8_t>((uart.received.empty() ? 0 : 0x01) | (idle ? 0x60 : 0));
    }
    if (port == com1 + 7) return uart.scratch;
    if (port != com1 || uart.received.empty()) return 0;
    const char c = uart.received.front();
    uart.received.pop_front();
    return static_cast<std::uint8_t>(c);
}

void out8(std::uint16_t port, std::uint8_t value) {
    if (uart.on_the_way > 0) uart.cut_off = true;
    const bool latch = (uart.line_control & 0x80) != 0;
    if (port == com1 + 2 && ((value & 2) != 0 || uart.fifo != ((value & 1) != 0))) uart.received.clear();
    if (port == com1 + 2) uart.fifo = (value & 1) != 0;
    if (port == com1 + 7 && uart.has_scratch) uart.scratch = value;
    if (port == com1 + 3) uart.line_control = value;
    if (port == com1 + 4) uart.modem_control = value;
    if (port == com1 + 1 && latch) uart.divisor = (uart.divisor & 0xff) | (unsigned{value} << 8);
    if (port != com1) return;
    if (latch) {
        uart.divisor = (uart.divisor & 0xff00) | value;
    } else if ((uart.modem_control & 0x10) == 0) {
        uart.sent.push_back(static_cast<char>(value));
    } else if (uart.loops_back) {
        uart.received.push_back(static_cast<char>(value));
    }
}

}  // namespace lintel::arch
