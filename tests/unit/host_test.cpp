// Small things of the runner that every command uses: suggestions and colour.
#include <gtest/gtest.h>

#include <array>

#include "runner/host/colour.hpp"
#include "runner/host/suggestion.hpp"

namespace lintel::runner {
namespace {

TEST(Suggestion, distance_counts_insertions_removals_replacements_and_swaps) {
    EXPECT_EQ(edit_distance("", ""), 0U);
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("memory", "memory"), 0U);
    EXPECT_EQ(edit_distance("memry", "memory"), 1U);
    EXPECT_EQ(edit_distance("memoory", "memory"), 1U);
    EXPECT_EQ(edit_distance("memori", "memory"), 1U);
    EXPECT_EQ(edit_distance("memroy", "memory"), 1U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Suggestion, is_the_nearest_word_or_none) {
    constexpr std::array<std::string_view, 4> known = {"kernel", "memory", "module", "cpus"};
    EXPECT_EQ(suggestion("memroy", known), "memory");
    EXPECT_EQ(suggestion("kernal", known), "kernel");
    EXPECT_EQ(suggestion("cpu", known), "cpus");
    EXPECT_EQ(suggestion("wallpaper", known), std::nullopt);
    EXPECT_EQ(suggestion("", known), std::nullopt);
    EXPECT_EQ(suggestion("memory", {}), std::nullopt);
}

TEST(Colour, is_for_terminals_unless_somebody_says_otherwise) {
    constexpr ColourFacts terminal{.terminal = true};
    EXPECT_TRUE(choose_colour(ColourWish::automatic, terminal));
    EXPECT_FALSE(choose_colour(ColourWish::automatic, {}));
    EXPECT_FALSE(choose_colour(ColourWish::automatic, {.terminal = true, .no_colour = true}));
    EXPECT_FALSE(choose_colour(ColourWish::automatic, {.terminal = true, .dumb = true}));
    EXPECT_FALSE(choose_colour(ColourWish::never, terminal));
    // What is typed wins over NO_COLOR, which is set once for all programs.
    EXPECT_TRUE(choose_colour(ColourWish::always, {.no_colour = true, .dumb = true}));
}

TEST(Colour, a_palette_without_colour_leaves_words_alone) {
    EXPECT_EQ(Palette(false).paint(Tone::bad, "no"), "no");
    EXPECT_EQ(Palette(true).paint(Tone::bad, "no"), "\x1b[31mno\x1b[0m");
    EXPECT_EQ(Palette(true).paint(Tone::plain, "yes"), "yes");
}

}  // namespace
}  // namespace lintel::runner
