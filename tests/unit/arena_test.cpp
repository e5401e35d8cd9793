// The memory that responses lie in.
// Invariant: the fake memory is full of something else before it is handed out.
#include "loader/core/arena.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_firmware.hpp"

namespace lintel::loader {
namespace {

TEST(Arena, pieces_are_zeroed_aligned_and_apart) {
    FakeFirmware firmware;
    Arena arena(firmware);
    std::mt19937_64 random(5);
    std::vector<std::span<std::uint64_t>> pieces;
    for (int i = 0; i < 300; ++i) {
        auto piece = arena.array<std::uint64_t>(random() % (i % 10 == 0 ? 10000 : 100));
        ASSERT_TRUE(piece);
        EXPECT_TRUE(is_aligned(reinterpret_cast<std::uint64_t>(piece->data()), 16));
        EXPECT_TRUE(std::ranges::all_of(*piece, [](std::uint64_t value) { return value == 0; }));
        std::ranges::fill(*piece, i);
        pieces.push_back(*piece);
    }
    for (std::size_t i = 0; i < pieces.size(); ++i)
        EXPECT_TRUE(std::ranges::all_of(pieces[i], [&](std::uint64_t value) { return value == i; }));
}

TEST(Arena, a_string_ends_with_a_zero) {
    FakeFirmware firmware;
    Arena arena(firmware);
    auto text = arena.string("abc");
    auto behind = arena.string("x");
    ASSERT_TRUE(text && behind);
    EXPECT_EQ(std::string_view(*text), "abc");
}

TEST(Arena, what_the_executable_is_told_is_an_address_of_the_direct_map) {
    FakeFirmware firmware;
    Arena arena(firmware);
    auto object = arena.make(std::uint64_t{42});
    ASSERT_TRUE(object);
    VirtAddr told = arena.shared_address(*object);
    EXPECT_EQ(firmware.at<std::uint64_t>(told.value() - hhdm_offset), 42U);
    EXPECT_EQ(reinterpret_cast<std::uint64_t>(arena.shared(*object)), told.value());
}

TEST(Arena, no_memory_and_absurd_counts_are_errors) {
    FakeFirmware firmware;
    Arena arena(firmware);
    EXPECT_FALSE(arena.array<std::uint64_t>(~std::uint64_t{0} / 8 + 1));
    EXPECT_FALSE(arena.array<std::uint64_t>(FakeFirmware::size));
}

}  // namespace
}  // namespace lintel::loader
