#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lintel {
namespace {

std::u32string decoded(std::string_view text) {
    std::u32string result;
    while (!text.empty()) result.push_back(take_code_point(text));
    return result;
}

TEST(Utf8, characters_of_every_length) { EXPECT_EQ(decoded("aä─\U0001F600"), U"aä─\U0001F600"); }

TEST(Utf8, what_is_not_utf8_is_replaced_byte_by_byte) {
    EXPECT_EQ(decoded("\xff"), U"\ufffd");
    EXPECT_EQ(decoded("\x80z"), U"\ufffdz");
    EXPECT_EQ(decoded("\xc3"), U"\ufffd");            // cut off
    EXPECT_EQ(decoded("\xc0\x80"), U"\ufffd\ufffd");  // longer than needed
    EXPECT_EQ(decoded("\xe0\x80\x80"), U"\ufffd\ufffd\ufffd");
    EXPECT_EQ(decoded("\xed\xa0\x80"), U"\ufffd\ufffd\ufffd");            // half of a surrogate pair
    EXPECT_EQ(decoded("\xf4\x90\x80\x80"), U"\ufffd\ufffd\ufffd\ufffd");  // beyond U+10FFFF
    EXPECT_EQ(decoded("\xe2\x94q"), U"\ufffd\ufffdq");
}

}  // namespace
}  // namespace lintel
