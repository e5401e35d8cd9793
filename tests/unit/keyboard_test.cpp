// The keyboard's driver against a model of its controller: the ports below are the machine.
#include "arch/keyboard.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "arch/x86_64/ports.hpp"

namespace lintel::arch {
namespace {

struct Controller {
    bool present = true;
    bool stuck = false;  // takes nothing and gives nothing
    bool mute = false;   // takes everything and answers nothing
    std::uint8_t mode = 0;
    bool keyboard_held_back = false;
    std::uint8_t command = 0;
    struct Byte {
        std::uint8_t value;
        bool from_mouse = false;
    };
    std::deque<Byte> output{};
    std::uint64_t accesses = 0;
};

Controller machine;

class Keyboard : public testing::Test {
protected:
    void SetUp() override { machine = Controller{}; }
};

TEST_F(Keyboard, has_its_codes_translated_and_is_let_go_afterwards) {
    ASSERT_TRUE(KeyboardPort::open(KeyboardMode::polled));
    EXPECT_EQ(machine.mode, 1 << 6);
    EXPECT_FALSE(machine.keyboard_held_back);
}

TEST_F(Keyboard, interrupts_are_its_own_and_none_of_the_mouse) {
    machine.mode = 1 << 1;
    ASSERT_TRUE(KeyboardPort::open(KeyboardMode::interrupts));
    EXPECT_EQ(machine.mode & 0b11, 1 << 0);
}

TEST_F(Keyboard, with_interrupts_a_mouse_is_held_back_whose_bytes_nobody_would_fetch) {
    ASSERT_TRUE(KeyboardPort::open(KeyboardMode::interrupts));
    EXPECT_EQ(machine.mode, 1 << 6 | 1 << 5 | 1 << 0);
}

TEST_F(Keyboard, what_was_typed_before_is_not_taken_for_an_answer) {
    machine.mode = 0x25;
    machine.output = {{0x1e}, {0x9e}};
    auto port = KeyboardPort::open(KeyboardMode::polled);
    ASSERT_TRUE(port);
    EXPECT_EQ(machine.mode, 0x25 | 1 << 6);
    EXPECT_FALSE(port->try_read());
}

TEST_F(Keyboard, bytes_come_in_their_order_without_the_mouses) {
    auto port = KeyboardPort::open(KeyboardMode::polled);
    machine.output = {{0x1e}, {0x08, true}, {0x9e}};
    EXPECT_EQ(port->try_read(), 0x1e);
    EXPECT_EQ(port->try_read(), 0x9e);
    EXPECT_FALSE(port->try_read());
}

TEST_F(Keyboard, an_absent_controller_is_reported) {
    machine.present = false;
    auto port = KeyboardPort::open(KeyboardMode::polled);
    ASSERT_FALSE(port);
    EXPECT_EQ(port.error().code, ErrorCode::not_found);
}

TEST_F(Keyboard, a_stuck_controller_does_not_hang) {
    machine.stuck = true;
    auto port = KeyboardPort::open(KeyboardMode::interrupts);
    if (port) EXPECT_FALSE(port->try_read());
    EXPECT_LT(machine.accesses, 200'000U);
}

TEST_F(Keyboard, what_answers_nothing_is_no_controller_and_keeps_its_mode) {
    machine.mute = true;
    machine.mode = 0x65;
    const auto port = KeyboardPort::open(KeyboardMode::interrupts);
    ASSERT_FALSE(port);
    EXPECT_EQ(port.error().code, ErrorCode::device);
    EXPECT_EQ(machine.mode, 0x65);
    EXPECT_FALSE(machine.keyboard_held_back);
}

}  // namespace

std::uint8_t in8(std::uint16_t port) {
    ++machine.accesses;
    if (!machine.present) return 0xff;
    if (machine.stuck) return port == 0x64 ? 0x02 : 0;
    if (port == 0x64) {
        if (machine.output.empty()) return 0;
        return machine.output.front().from_mouse ? 0x21 : 0x01;
    }
    if (machine.output.empty()) return 0;
    const std::uint8_t value = machine.output.front().value;
    machine.output.pop_front();
    return value;
}

void out8(std::uint16_t port, std::uint8_t value) {
    ++machine.accesses;
    if (!machine.present || machine.stuck) return;
    if (port == 0x64) {
        machine.command = value;
        if (value == 0xad) machine.keyboard_held_back = true;
        if (value == 0xae) machine.keyboard_held_back = false;
        if (value == 0x20 && !machine.mute) machine.output.push_back({machine.mode});
    } else if (machine.command == 0x60) {
        machine.mode = value;
        machine.command = 0;
    }
}

}  // namespace lintel::arch
