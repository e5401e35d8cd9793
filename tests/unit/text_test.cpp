#include "base/text.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace lintel {
namespace {

template <class... Args>
std::string formatted(FormatString<std::type_identity_t<Args>...> format, const Args&... args) {
    TextBuffer<512> buffer;
    print(buffer, format, args...);
    return std::string(buffer.text());
}

TEST(Text, plain_text_and_doubled_braces_stand_for_themselves) { EXPECT_EQ(formatted("a {{b}} c"), "a {b} c"); }

TEST(Text, numbers_of_every_size_are_exact) {
    EXPECT_EQ(formatted("{}", std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
    EXPECT_EQ(formatted("{}", std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
    EXPECT_EQ(formatted("{} {}", std::uint8_t{255}, std::int8_t{-128}), "255 -128");
    EXPECT_EQ(formatted("{:x}", 0xdeadbeefU), "deadbeef");
}

TEST(Text, width_fill_and_alignment) {
    EXPECT_EQ(formatted("[{:5}][{:05}][{:<5}]", 42, -42, 42), "[   42][-0042][42   ]");
    EXPECT_EQ(formatted("[{:016x}]", 0xabcU), "[0000000000000abc]");
    EXPECT_EQ(formatted("[{:<6}][{:6}]", "ab", "cd"), "[ab    ][    cd]");
}

TEST(Text, addresses_print_as_sixteen_hexadecimal_digits) {
    EXPECT_EQ(formatted("{}", VirtAddr(0xffffffff80000000)), "0xffffffff80000000");
    EXPECT_EQ(formatted("{}", PhysAddr(0x1000)), "0x0000000000001000");
}

TEST(Text, characters_and_booleans) { EXPECT_EQ(formatted("{}{:c} {}", 'x', 0x79, true), "xy true"); }

TEST(Text, a_full_buffer_drops_the_rest) {
    TextBuffer<4> buffer;
    print(buffer, "{}", 123456);
    EXPECT_EQ(buffer.text(), "1234");
}

}  // namespace
}  // namespace lintel
