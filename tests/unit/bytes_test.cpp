#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>

#include "base/checked.hpp"

namespace lintel {
namespace {

TEST(Bytes, a_slice_that_would_leave_the_span_is_refused) {
    std::array<std::byte, 8> raw{};
    EXPECT_TRUE(slice(raw, 0, 8));
    EXPECT_TRUE(slice(raw, 8, 0));
    EXPECT_FALSE(slice(raw, 9, 0));
    EXPECT_FALSE(slice(raw, 1, 8));
    EXPECT_FALSE(slice(raw, std::numeric_limits<std::uint64_t>::max(), 2));
    EXPECT_FALSE(slice(raw, 2, std::numeric_limits<std::uint64_t>::max()));
}

TEST(Bytes, values_are_read_at_any_alignment) {
    std::array<std::byte, 5> raw{std::byte{0}, std::byte{0x78}, std::byte{0x56}, std::byte{0x34}, std::byte{0x12}};
    EXPECT_EQ(read_at<std::uint32_t>(raw, 1), 0x12345678U);
    EXPECT_FALSE(read_at<std::uint32_t>(raw, 2));
}

TEST(Checked, overflow_gives_nothing) {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    EXPECT_EQ(checked_add(most - 1, 1), most);
    EXPECT_FALSE(checked_add(most, 1));
    EXPECT_FALSE(checked_multiply(most / 2, 3));
    EXPECT_EQ(checked_align_up(4097, 4096), 8192U);
    EXPECT_FALSE(checked_align_up(most, 4096));
}

}  // namespace
}  // namespace lintel
