#include "arch/x86_64/memory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace lintel::arch {
namespace {

constexpr std::size_t room = 80;

std::array<unsigned char, room> counted() {
    std::array<unsigned char, room> bytes;
    std::iota(bytes.begin(), bytes.end(), static_cast<unsigned char>(1));
    return bytes;
}

TEST(Memory, every_overlap_moves_what_was_there_before) {
    for (std::size_t count = 0; count <= 40; ++count)
        for (std::size_t from = 0; from <= 40; ++from)
            for (std::size_t to = 0; to <= 40; ++to) {
                auto bytes = counted();
                auto expected = bytes;
                const auto before = bytes;
                std::copy_n(before.begin() + static_cast<std::ptrdiff_t>(from), count,
                            expected.begin() + static_cast<std::ptrdiff_t>(to));
                move_memory(bytes.data() + to, bytes.data() + from, count);
                ASSERT_EQ(bytes, expected) << count << " bytes from " << from << " to " << to;
            }
}

TEST(Memory, the_direction_flag_is_clear_after_a_backward_move) {
    auto bytes = counted();
    move_memory(bytes.data() + 1, bytes.data(), 33);
    EXPECT_EQ(__builtin_ia32_readeflags_u64() & (1U << 10), 0U);
}

TEST(Memory, copies_of_every_length_touch_nothing_else) {
    for (std::size_t count = 0; count <= 40; ++count) {
        const auto from = counted();
        std::array<unsigned char, room> to{};
        copy_forward(to.data() + 5, from.data() + 3, count);
        for (std::size_t i = 0; i < room; ++i)
            ASSERT_EQ(to[i], i >= 5 && i < 5 + count ? from[i - 2] : 0) << count << ' ' << i;
    }
}

TEST(Memory, fills_of_every_length_touch_nothing_else) {
    for (std::size_t count = 0; count <= 40; ++count) {
        auto bytes = counted();
        fill_memory(bytes.data() + 7, 0xee, count);
        for (std::size_t i = 0; i < room; ++i) ASSERT_EQ(bytes[i], i >= 7 && i < 7 + count ? 0xee : i + 1);
    }
}

TEST(Memory, comparison_is_of_unsigned_bytes) {
    const unsigned char low[] = {1, 2, 0x7f};
    const unsigned char high[] = {1, 2, 0x80};
    EXPECT_LT(compare_memory(low, high, 3), 0);
    EXPECT_GT(compare_memory(high, low, 3), 0);
    EXPECT_EQ(compare_memory(low, high, 2), 0);
    EXPECT_EQ(compare_memory(low, high, 0), 0);
}

}  // namespace
}  // namespace lintel::arch
