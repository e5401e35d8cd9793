// A PS/2 keyboard's scan codes as keys.
#include "base/scan_codes.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace lintel {
namespace {

constexpr std::uint8_t a = 0x1e, one = 0x02, x = 0x2d, left_shift = 0x2a, right_shift = 0x36, control = 0x1d,
                       capitals = 0x3a, let_go = 0x80, prefix = 0xe0;

/// What is written; other keys are named in angle brackets.
std::string written(std::initializer_list<int> codes) {
    ScanCodes keyboard;
    std::string text;
    for (int code : codes) {
        auto press = keyboard.feed(static_cast<std::uint8_t>(code));
        if (!press) continue;
        if (press->key == Key::text)
            text += press->character;
        else
            text += "<" + std::to_string(static_cast<int>(press->key)) + ">";
    }
    return text;
}

std::string named(Key key) { return "<" + std::to_string(static_cast<int>(key)) + ">"; }

TEST(ScanCodes, letters_and_digits_are_what_the_us_layout_has) {
    EXPECT_EQ(written({a, a | let_go, one, one | let_go, 0x39}), "a1 ");
    EXPECT_EQ(written({0x27, 0x28, 0x29, 0x2b, 0x33, 0x34, 0x35, 0x0c, 0x0d, 0x1a, 0x1b}), ";'`\\,./-=[]");
}

TEST(ScanCodes, shift_counts_while_one_of_both_is_held) {
    EXPECT_EQ(written({left_shift, a, one, right_shift, left_shift | let_go, a, right_shift | let_go, a}), "A!Aa");
    EXPECT_EQ(written({prefix, left_shift, a}), "a") << "it only frames a grey key";
}

TEST(ScanCodes, caps_lock_turns_letters_alone_and_shift_turns_them_back) {
    EXPECT_EQ(written({capitals, capitals | let_go, a, one, left_shift, a}), named(Key::other) + "A1a");
}

TEST(ScanCodes, keys_that_write_nothing) {
    EXPECT_EQ(written({prefix, 0x48}), named(Key::up));
    EXPECT_EQ(written({0x48}), named(Key::up));
    EXPECT_EQ(written({0x01, 0x1c, 0x0e, 0x0f, 0x44}),
              named(Key::escape) + named(Key::enter) + named(Key::backspace) + named(Key::tab) + named(Key::boot));
    EXPECT_EQ(written({prefix, 0x53, prefix, 0x49, prefix, 0x51}),
              named(Key::erase) + named(Key::page_up) + named(Key::page_down));
    EXPECT_EQ(written({0x58, 0x7f}), named(Key::other) + named(Key::other));
}

TEST(ScanCodes, control_x_boots_whichever_control_it_is) {
    EXPECT_EQ(written({control, x, control | let_go, x}), named(Key::boot) + "x");
    EXPECT_EQ(written({prefix, control, x, prefix, control | let_go, x}), named(Key::boot) + "x");
}

TEST(ScanCodes, any_code_is_at_most_one_key) {
    ScanCodes keyboard;
    for (int round = 0; round < 3; ++round)
        for (int code = 0; code < 256; ++code) {
            auto press = keyboard.feed(static_cast<std::uint8_t>(code));
            if (press) EXPECT_LE(press->key, Key::other);
        }
}

}  // namespace
}  // namespace lintel
