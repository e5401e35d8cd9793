// The help texts: every one fits a terminal of 24 lines and 80 columns, and nothing but a terminal gets colour.
#include <gtest/gtest.h>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

/// Terminals show one character for each sequence of UTF-8, so continuation bytes do not count.
std::size_t width(std::string_view line) {
    std::size_t count = 0;
    for (char byte : line) count += (static_cast<unsigned char>(byte) & 0xc0) != 0x80 ? 1 : 0;
    return count;
}

void expect_fits(const Words& words) {
    auto answer = run(words);
    EXPECT_EQ(answer.code, 0) << answer.err;
    const auto lines = lines_of(answer.out);
    EXPECT_GT(lines.size(), 2U) << answer.out;
    EXPECT_LE(lines.size(), 24U) << answer.out;
    for (const std::string& line : lines) EXPECT_LE(width(line), 80U) << line;
}

/// What the help itself names.
Words commands() {
    Words names;
    for (const std::string& line : lines_of(run({command(), "help"}).out))
        if (line.starts_with("  ") && line.substr(2, 7) != "lintel ")
            names.push_back(line.substr(2, line.find(' ', 2) - 2));
    return names;
}

TEST(Help, every_text_fits_a_terminal) {
    expect_fits({command(), "help"});
    expect_fits({command(), "--help"});
    ASSERT_GE(commands().size(), 9U);
    for (const std::string& name : commands()) {
        expect_fits({command(), name, "--help"});
        EXPECT_EQ(run({command(), name, "--help"}).out, run({command(), "help", name}).out);
    }
    for (const char* topic : {"boot", "machine", "common", "codes"}) expect_fits({command(), "help", topic});
}

TEST(Help, an_unknown_word_is_refused_with_the_nearest_command) {
    auto answer = run({command(), "imgae"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_EQ(answer.err, "lintel: there is no command imgae; did you mean image? (see lintel help)\n");
    answer = run({command(), "help", "nothing"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_EQ(answer.err, "lintel: there is no help on nothing (see lintel help)\n");
}

TEST(Help, a_colour_that_does_not_exist_is_refused) {
    auto answer = run({command(), "doctor", "--color", "blue"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_EQ(answer.err, "lintel: --color blue: not one of always, auto, never (see lintel help)\n");
}

}  // namespace
}  // namespace lintel::end_to_end
