// What the kernel's log puts on the serial line when all processors write at once, in direct boot.
#include <gtest/gtest.h>

#include <map>
#include <regex>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

class LogOfMany : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Kernel, LogOfMany, testing::Bool(),
                         [](const auto& given) { return given.param ? "with_checks" : "without_checks"; });

// kernel/tests/test_log_many.cpp writes them, and looks at the ring itself.
TEST_P(LogOfMany, processors_among_nmis_comes_out_line_by_line_each_once_and_in_order) {
    Scratch scratch;
    const fs::path log = scratch / "serial.log";
    auto answer = lintel({"run", "--kernel", GetParam() ? debug_kernel() : test_kernel(), "--firmware", "direct",
                          "--headless", "--until-halt", "--timeout", "150", "--cpus", "4", "--serial-log", log,
                          "--cmdline", "test=lines_of_all_processors"});
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    const std::regex whole(
        R"(\[ *[0-9]+\.[0-9]{6} ([0-9])\] storm: (line|NMI) ([0-9]+) of processor ([0-9])( ([a-z]?)\6*)?\.)");
    std::map<std::pair<std::string, std::string>, unsigned> next;  // of each processor's lines, and of its NMIs
    for (const std::string& line : lines_of(contents(log))) {
        if (!line.contains("storm")) continue;
        std::smatch match;
        ASSERT_TRUE(std::regex_match(line, match, whole)) << line;
        EXPECT_EQ(match[1], match[4]) << line;
        EXPECT_EQ(std::stoul(match[3]), next[std::pair(match[2], match[4])]++) << line;
    }
    ASSERT_EQ(next.size(), 8U) << contents(log);
    for (const auto& [who, count] : next) EXPECT_EQ(count, 37U) << who.first << " " << who.second;
}

}  // namespace
}  // namespace lintel::end_to_end
