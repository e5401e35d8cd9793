// The log's ring, and how its lines look.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "kernel/log/ring.hpp"

namespace lintel {
namespace {

class Ring : public testing::Test {
protected:
    template <class... Args>
    std::optional<std::uint64_t> write(FormatString<std::type_identity_t<Args>...> format, const Args&... args) {
        const std::array<text_detail::Argument, sizeof...(Args)> arguments{text_detail::argument(args)...};
        return ring->write({.ticks = 7, .processor = 3, .level = LogLevel::info}, {format.text, arguments});
    }

    /// The next whole line, taken.
    std::optional<std::string> take() {
        std::string line;
        while (const auto piece = ring->next()) {
            line += piece->text;
            const bool last = piece->last;
            ring->take_next();
            if (last) return line;
        }
        return std::nullopt;
    }

    [[nodiscard]] std::vector<std::string> lines() const {
        std::vector<std::string> all;
        ring->for_each_piece([&](const LogPiece& piece) {
            if (piece.first) all.emplace_back();
            all.back() += piece.text;
        });
        return all;
    }

    std::unique_ptr<LogRing> ring = std::make_unique<LogRing>();
};

TEST_F(Ring, lines_come_out_in_the_order_in_which_they_went_in) {
    write("{} of {}", 1, 2);
    write("{} of {}", 2, 2);
    EXPECT_EQ(take(), "1 of 2");
    EXPECT_EQ(take(), "2 of 2");
    EXPECT_EQ(take(), std::nullopt);
}

TEST_F(Ring, a_line_keeps_its_stamp) {
    write("text");
    const auto piece = ring->next();
    ASSERT_TRUE(piece);
    EXPECT_EQ(piece->stamp.ticks, 7U);
    EXPECT_EQ(piece->stamp.processor, 3U);
    EXPECT_EQ(piece->stamp.level, LogLevel::info);
}

TEST_F(Ring, lines_of_all_lengths_come_out_whole) {
    for (std::size_t length = 0; length < 1664; ++length) {
        const std::string text(length, static_cast<char>('a' + length % 26));
        ASSERT_TRUE(write("{}", text));
        ASSERT_EQ(take(), text) << length;
    }
}

TEST_F(Ring, a_line_that_is_too_long_ends_in_dots) {
    write("{}", std::string(5000, 'x'));
    EXPECT_EQ(take(), std::string(1661, 'x') + "...");
}

TEST_F(Ring, nothing_is_overwritten_that_was_not_taken) {
    for (std::size_t i = 0; i < LogRing::slot_count; ++i) ASSERT_TRUE(write("{}", i)) << i;
    EXPECT_FALSE(write("one too many"));
    EXPECT_EQ(take(), "0");
    EXPECT_TRUE(write("fits again"));
    EXPECT_FALSE(write("one too many"));
    for (std::size_t i = 1; i < LogRing::slot_count; ++i) EXPECT_EQ(take(), std::to_string(i));
    EXPECT_EQ(take(), "fits again");
}

TEST_F(Ring, a_line_of_several_pieces_needs_room_for_all) {
    for (std::size_t i = 1; i < LogRing::slot_count; ++i) ASSERT_TRUE(write("{}", i));
    EXPECT_FALSE(write("{}", std::string(200, 'x')));
    EXPECT_TRUE(write("short"));
}

TEST_F(Ring, what_was_taken_can_still_be_read_until_it_is_overwritten) {
    for (int i = 0; i < 700; ++i) {
        write("{}", i);
        take();
    }
    const auto all = lines();
    ASSERT_EQ(all.size(), LogRing::slot_count);
    EXPECT_EQ(all.front(), std::to_string(700 - LogRing::slot_count));
    EXPECT_EQ(all.back(), "699");
}

TEST_F(Ring, a_line_whose_beginning_is_overwritten_is_not_read_at_all) {
    write("{}", std::string(300, 'x'));  // three pieces
    while (take()) {
    }
    for (std::size_t i = 0; i < LogRing::slot_count - 2; ++i) write("y"), take();
    const auto all = lines();
    EXPECT_EQ(all.size(), LogRing::slot_count - 2);
    EXPECT_EQ(all.front(), "y");
}

TEST_F(Ring, control_characters_become_question_marks_and_other_text_stays) {
    write("{}", std::string_view("a\x1b[2J\r\n\t\x7f\xc2\x9b é…"));
    const auto line = take();
    ASSERT_TRUE(line);
    EXPECT_EQ(*line, "a?[2J????\xc2? é…");
}

TEST_F(Ring, what_nobody_finishes_can_be_passed_over) {
    EXPECT_FALSE(ring->skip_unfinished());
    write("whole");
    EXPECT_TRUE(ring->skip_unfinished());
    EXPECT_EQ(take(), "whole") << "what is whole stays";
    EXPECT_FALSE(ring->skip_unfinished());
}

TEST_F(Ring, four_writers_and_a_taker_lose_and_mix_nothing) {
    constexpr int writers = 4, each = 5000;
    std::vector<std::thread> threads;
    for (int writer = 0; writer < writers; ++writer)
        threads.emplace_back([&, writer] {
            const std::string tail(static_cast<std::size_t>(writer) * 90, static_cast<char>('a' + writer));
            for (int i = 0; i < each; ++i)
                while (!write("{} {} {}", writer, i, tail)) std::this_thread::yield();
        });
    std::array<int, writers> next{};
    for (int taken = 0; taken < writers * each;) {
        const auto line = take();
        if (!line) {
            std::this_thread::yield();
            continue;
        }
        ++taken;
        const int writer = line->front() - '0';
        ASSERT_TRUE(writer >= 0 && writer < writers) << *line;
        const auto number = static_cast<std::size_t>(writer);
        EXPECT_EQ(*line, std::to_string(writer) + " " + std::to_string(next[number]++) + " " +
                             std::string(number * 90, static_cast<char>('a' + writer)));
    }
    for (std::thread& thread : threads) thread.join();
}

TEST_F(Ring, who_reads_what_is_being_overwritten_sees_it_whole_or_not_at_all) {
    std::atomic<bool> done = false;
    std::thread writer([&] {
        for (int i = 0; i < 200'000; ++i) {
            write("{}", std::string(100, static_cast<char>('a' + i % 26)));
            take();
        }
        done = true;
    });
    // As quick as can be: there is something to see in the moment only in which the oldest line goes.
    std::uint64_t seen = 0;
    std::uint64_t mixed = 0;
    while (!done)
        ring->for_each_piece([&](const LogPiece& piece) {
            ++seen;
            if (piece.text.front() != piece.text.back()) ++mixed;
        });
    writer.join();
    EXPECT_GT(seen, 0U);
    EXPECT_EQ(mixed, 0U);
}

TEST_F(Ring, time_counts_from_the_entry_once_ticks_have_a_length) {
    ring->open(1000);
    EXPECT_EQ(ring->microseconds_at(5000), 0U);
    ring->set_ticks_per_second(3'000'000'000);
    EXPECT_EQ(ring->microseconds_at(1000), 0U);
    EXPECT_EQ(ring->microseconds_at(4000), 1U);
    EXPECT_EQ(ring->microseconds_at(1000 + std::uint64_t{3'000'000'000} * 100'000), 100'000'000'000U);
    EXPECT_EQ(ring->microseconds_at(999), 0U) << "before the entry";
}

TEST(LogLine, starts_with_time_and_processor) {
    EXPECT_EQ(stamp_text({0, 0, LogLevel::info}, 12345).text(), "[    0.012345 0] ");
    EXPECT_EQ(stamp_text({0, 63, LogLevel::warning}, 12'345'678'901).text(), "[12345.678901 63] ");
}

TEST(LogLine, of_a_panic_starts_with_its_name) {
    EXPECT_EQ(stamp_text({0, 0, LogLevel::panic}, 12345).text(), "");
    EXPECT_EQ(level_text(LogLevel::panic), "panic: ");
}

TEST(LogLine, levels_have_names) {
    EXPECT_EQ(level_named("debug"), LogLevel::debug);
    EXPECT_EQ(level_named("error"), LogLevel::error);
    EXPECT_EQ(level_named("panic"), std::nullopt);
    EXPECT_EQ(level_named(""), std::nullopt);
}

}  // namespace
}  // namespace lintel
