// The kernel and the machine around it, seen from the host: its clock, its firmware's tables, switching it off.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <vector>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

using Seconds = std::chrono::duration<double>;

/// The stamp of the line that says `words`: "[    0.357895 0] beat 01".
std::optional<double> stamp_of(const std::string& text, const std::string& words) {
    for (const std::string& line : lines_of(text))
        if (line.starts_with("[") && line.contains("] " + words)) return std::strtod(line.c_str() + 1, nullptr);
    return std::nullopt;
}

TEST(Devices, a_second_of_the_kernels_clock_is_one_of_the_hosts) {
    Terminal terminal({"run", test_kernel().string(), "--loader", "lintel", "--firmware", "direct", "--headless",
                       "--timeout", "120", "--cmdline", "test=beats_are_logged"});
    // A line can come late, but never early: of each half the line that came with the least delay counts.
    constexpr int beats = 20;
    std::vector<double> delays;
    std::vector<double> stamps;
    const auto start = std::chrono::steady_clock::now();
    for (int beat = 1; beat <= beats; ++beat) {
        const std::string words = beat < 10 ? "beat 0" + std::to_string(beat) : "beat " + std::to_string(beat);
        ASSERT_TRUE(terminal.wait_for("] " + words)) << terminal.text();
        const double arrived = Seconds(std::chrono::steady_clock::now() - start).count();
        const auto stamp = stamp_of(terminal.text(), words);
        ASSERT_TRUE(stamp) << terminal.text();
        stamps.push_back(*stamp);
        delays.push_back(arrived - *stamp);
    }
    const auto middle = delays.begin() + beats / 2;
    const double first = *std::min_element(delays.begin(), middle);
    const double second = *std::min_element(middle, delays.end());
    EXPECT_GE(stamps.back() - stamps.front(), 0.9);
    EXPECT_NEAR(second - first, 0, 0.1) << "the clocks drift apart";
    // From the entry on, through all that the clock has learnt meanwhile of its own speed.
    double last = 0;
    for (const std::string& line : lines_of(terminal.text())) {
        if (!line.starts_with("[ ")) continue;
        const double stamp = std::strtod(line.c_str() + 1, nullptr);
        EXPECT_GE(stamp, last) << "time goes back at: " << line;
        last = stamp;
    }
}

TEST(Devices, a_table_that_is_too_short_is_refused_by_a_sentence_and_the_next_best_is_used) {
    Scratch scratch;
    const auto data = scratch.add("data", "abcd");
    auto answer = lintel({"run", "--firmware", "direct", "--until-halt", "--timeout", "60", "--", "-machine",
                          "hpet=off", "-acpitable", "sig=HPET,rev=1,data=" + data.string()});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_TRUE(answer.out.contains("warning: ACPI: refused: this ACPI table is too short for what it must hold: HPET"))
        << answer.out;
    EXPECT_TRUE(answer.out.contains("kHz, says ACPI timer")) << answer.out;
}

}  // namespace
}  // namespace lintel::end_to_end
