#include "base/text.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "base/error_text.hpp"
#include "base/printable.hpp"

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

struct StringSink {
    void write(std::string_view part) { text += part; }
    std::string text;
};

std::string printable(std::string_view text, std::size_t most) {
    StringSink sink;
    EXPECT_LE(write_printable(sink, text, most), most);
    return sink.text;
}

TEST(PrintableText, what_could_command_a_terminal_becomes_question_marks) {
    EXPECT_EQ(printable("a\x1b[2J\x07\r\n\x7f\xc2\x9b\xff", 80), "a?[2J??????");
}

TEST(PrintableText, what_is_too_long_ends_in_an_ellipsis) {
    EXPECT_EQ(printable("abcd", 4), "abcd");
    EXPECT_EQ(printable("abcde", 4), "abc…");
    EXPECT_EQ(printable("äöüß€", 4), "äöü…");
    EXPECT_EQ(printable("ab", 1), "…");
    EXPECT_EQ(printable("ab", 0), "");
    EXPECT_EQ(printable("", 5), "");
}

TEST(ErrorText, a_subject_is_made_printable_and_short) {
    std::string subject = "\x1b]0;evil\x07" + std::string(1 << 20, 'x');
    StringSink sink;
    print_error(sink, fail(ErrorCode::malformed, "no such option", subject).error());
    EXPECT_TRUE(sink.text.starts_with("no such option: ?]0;evil?xxx")) << sink.text;
    EXPECT_TRUE(sink.text.ends_with("x…"));
    EXPECT_LT(sink.text.size(), 300U);
}

TEST(ErrorText, a_number_is_decimal_and_an_address_hexadecimal) {
    StringSink sink;
    print_error(sink, fail(ErrorCode::malformed, "in line", {}, 16).error());
    sink.write("|");
    print_error(sink, fail_at(ErrorCode::malformed, "a segment", 0xffffffff80000000).error());
    EXPECT_EQ(sink.text, "in line (16)|a segment (0xffffffff80000000)");
}

}  // namespace
}  // namespace lintel
