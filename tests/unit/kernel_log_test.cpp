// The kernel's log as the autopsy reads it: from what the kernel's own code writes, and from what is broken.
#include "runner/autopsy/kernel_log.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>

#include "kernel/log/ring.hpp"
#include "runner/autopsy/autopsy.hpp"

namespace lintel::runner {
namespace {

using Lines = std::vector<std::string>;

class KernelLogTest : public testing::Test {
protected:
    KernelLogTest() {
        ring->open(1'000'000'000);
        ring->set_ticks_per_second(1'000'000'000);
    }

    void write(std::string_view text, LogLevel level = LogLevel::info) {
        const std::array arguments{text_detail::argument(text)};
        ring->write({.ticks = ++ticks, .processor = 3, .level = level}, {"{}", arguments});
        if (taken) ring->take_next();
    }

    /// The ring as it lies in memory.
    [[nodiscard]] std::string object() const {
        // Safety: the bytes of an object that lives, and nobody writes to it meanwhile.
        return {reinterpret_cast<const char*>(ring.get()), sizeof(LogRing)};
    }

    std::unique_ptr<LogRing> ring = std::make_unique<LogRing>();
    std::uint64_t ticks = 3'500'000'999;
    bool taken = true;
};

TEST_F(KernelLogTest, lines_look_as_the_kernel_shows_them) {
    for (const LogLevel level :
         {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error, LogLevel::panic, LogLevel::plain})
        write("text", level);
    Lines shown;
    ring->for_each_piece([&](const LogPiece& piece) {
        shown.push_back(std::string(stamp_text(piece.stamp, ring->microseconds_at(piece.stamp.ticks)).text()) +
                        std::string(level_text(piece.stamp.level)) + std::string(piece.text));
    });
    EXPECT_EQ(parse_kernel_log(object()).lines, shown);
    EXPECT_EQ(shown[2], "[    2.500001 3] warning: text");
}

TEST_F(KernelLogTest, a_long_line_is_one_line) {
    taken = false;
    const std::string text(1000, 'x');
    write(text, LogLevel::plain);
    write("short", LogLevel::plain);
    EXPECT_EQ(parse_kernel_log(object()).lines, (Lines{text, "short"}));
}

TEST_F(KernelLogTest, of_a_ring_that_has_come_round_the_oldest_lines_are_gone) {
    for (int i = 0; i < 700; ++i) write(fmt::format("line {}", i), LogLevel::plain);
    const Lines lines = parse_kernel_log(object()).lines;
    ASSERT_EQ(lines.size(), 512U);
    EXPECT_EQ(lines.front(), "line 188");
    EXPECT_EQ(lines.back(), "line 699");
}

TEST_F(KernelLogTest, a_line_that_nobody_finished_is_left_out_with_all_its_parts) {
    taken = false;
    write(std::string(250, 'x'), LogLevel::plain);
    write("whole", LogLevel::plain);
    std::string broken = object();
    std::memset(broken.data() + 40 + 128, 0, 8);  // the second of three parts is being written
    EXPECT_EQ(parse_kernel_log(broken).lines, Lines{"whole"});
}

TEST_F(KernelLogTest, one_that_is_not_open_or_empty_has_no_lines_and_is_not_broken) {
    for (const std::string& bytes : {std::string(sizeof(LogRing), '\0'), object()}) {
        EXPECT_TRUE(parse_kernel_log(bytes).lines.empty());
        EXPECT_EQ(parse_kernel_log(bytes).broken, "");
    }
}

TEST_F(KernelLogTest, what_is_broken_gets_a_sentence) {
    write("text");
    EXPECT_EQ(parse_kernel_log(object().substr(0, 39)).broken, "its memory is not mapped");
    EXPECT_EQ(parse_kernel_log(object().substr(0, 40)).broken, "none of its lines is whole");
    std::string overwritten = object();
    overwritten[7] = '!';
    EXPECT_EQ(parse_kernel_log(overwritten).broken, "something has written over its beginning");
    std::string wild = object();
    std::memset(wild.data() + 24, 0xff, 8);  // how many lines there were
    EXPECT_EQ(parse_kernel_log(wild).broken, "none of its lines is whole");
}

TEST_F(KernelLogTest, whatever_bytes_there_are_come_to_few_lines_that_can_be_shown) {
    for (int i = 0; i < 600; ++i) write("some text\x1b[2J");
    const std::string sound = object();
    std::uint32_t random = 1;
    const auto next = [&] { return random = random * 1664525 + 1013904223; };
    for (int round = 0; round < 300; ++round) {
        std::string bytes = sound;
        // All but the mark, in few places or in many.
        for (int i = 0; i < (round % 2 == 0 ? 20 : 20000); ++i)
            bytes[8 + (next() >> 4) % (bytes.size() - 8)] = static_cast<char>(next() >> 24);
        const KernelLog log = parse_kernel_log(bytes);
        EXPECT_LE(log.lines.size(), 512U);
        for (const std::string& line : log.lines) {
            EXPECT_LE(line.size(), 64U + 16 * 104);
            for (const char c : line) EXPECT_FALSE(static_cast<unsigned char>(c) < 0x20 || c == 0x7f);
        }
    }
}

TEST(KernelLogLines, that_the_serial_line_got_are_not_shown_again) {
    EXPECT_EQ(lines_missing_in("one\nt\xffo\nthr", {"zero", "one", "t?o", "three"}), (Lines{"zero", "three"}))
        << "the serial line has no more than the third one's beginning";
}

TEST(KernelLogLines, in_the_report_are_the_last_ones_with_their_number) {
    Evidence evidence{.ending = Ending::hang};
    EXPECT_FALSE(report(evidence).text.contains("\n  log "));
    for (int i = 1; i <= 30; ++i) evidence.log.lines.push_back(fmt::format("line {}", i));
    const std::string text = report(evidence).text;
    EXPECT_TRUE(text.contains("  log         30 lines in the kernel's memory that the serial line did not get"))
        << text;
    EXPECT_TRUE(text.contains("\n              line 19\n")) << text;
    EXPECT_TRUE(text.contains("\n              line 30\n")) << text;
    EXPECT_FALSE(text.contains(" line 18\n")) << text;
    evidence.log = {.broken = "nobody can read it"};
    EXPECT_TRUE(report(evidence).text.contains("  log         the kernel's log in memory cannot be read: nobody can"));
}

}  // namespace
}  // namespace lintel::runner
