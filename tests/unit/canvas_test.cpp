#include "base/canvas.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "base/fonts.hpp"

namespace lintel {
namespace {

constexpr Layout xrgb32{
    .width = 5, .height = 4, .pitch = 24, .bits_per_pixel = 32, .red = {8, 16}, .green = {8, 8}, .blue = {8, 0}};
constexpr Layout bgr24{
    .width = 5, .height = 4, .pitch = 17, .bits_per_pixel = 24, .red = {8, 0}, .green = {8, 8}, .blue = {8, 16}};
constexpr Layout rgb565{
    .width = 5, .height = 4, .pitch = 12, .bits_per_pixel = 16, .red = {5, 11}, .green = {6, 5}, .blue = {5, 0}};
constexpr Layout rgb555{
    .width = 5, .height = 4, .pitch = 10, .bits_per_pixel = 15, .red = {5, 10}, .green = {5, 5}, .blue = {5, 0}};
constexpr Layout rgb30{
    .width = 5, .height = 4, .pitch = 20, .bits_per_pixel = 32, .red = {10, 20}, .green = {10, 10}, .blue = {10, 0}};

/// A framebuffer with guard bytes around it and, where the pitch leaves some, behind each row.
class Screen {
public:
    explicit Screen(const Layout& layout)
        : layout_(layout), raw_(2 * guard + layout.pitch * layout.height, std::byte{0xa5}) {}

    Canvas canvas() { return *Canvas::create(raw_.data() + guard, layout_); }

    [[nodiscard]] std::uint32_t at(std::uint64_t x, std::uint64_t y) const {
        std::uint32_t value = 0;
        std::memcpy(&value, raw_.data() + guard + y * layout_.pitch + x * size(), size());
        return value;
    }

    [[nodiscard]] bool touched(std::uint64_t x, std::uint64_t y) const {
        return at(x, y) != (0xa5a5a5a5U & static_cast<std::uint32_t>((std::uint64_t{1} << (8 * size())) - 1));
    }

    [[nodiscard]] bool guards_are_whole() const {
        for (std::size_t i = 0; i < raw_.size(); ++i) {
            const bool inside =
                i >= guard && i < raw_.size() - guard && (i - guard) % layout_.pitch < layout_.width * size();
            if (!inside && raw_[i] != std::byte{0xa5}) return false;
        }
        return true;
    }

private:
    static constexpr std::size_t guard = 64;
    [[nodiscard]] std::size_t size() const { return (layout_.bits_per_pixel + 7U) / 8; }

    Layout layout_;
    std::vector<std::byte> raw_;
};

TEST(Canvas, colours_are_converted_to_the_pixel_format) {
    struct Case {
        Layout layout;
        std::uint32_t white, colour;
    };
    constexpr Colour colour{255, 128, 10};
    for (const Case& c :
         {Case{xrgb32, 0x00ffffff, 0x00ff800a}, Case{bgr24, 0xffffff, 0x0a80ff}, Case{rgb565, 0xffff, 0xfc01},
          Case{rgb555, 0x7fff, 0x7e01}, Case{rgb30, 0x3fffffff, 0x3ff80828}}) {
        Screen screen(c.layout);
        screen.canvas().fill({0, 0, 1, 1}, {255, 255, 255});
        screen.canvas().fill({1, 0, 1, 1}, colour);
        screen.canvas().fill({2, 0, 1, 1}, {0, 0, 0});
        EXPECT_EQ(screen.at(0, 0), c.white);
        EXPECT_EQ(screen.at(1, 0), c.colour) << std::hex << screen.at(1, 0);
        EXPECT_EQ(screen.at(2, 0), 0U);
        EXPECT_TRUE(screen.guards_are_whole());
    }
}

TEST(Canvas, a_rectangle_covers_its_pixels_and_no_other) {
    for (const Layout& layout : {xrgb32, bgr24, rgb565, rgb555}) {
        Screen screen(layout);
        screen.canvas().fill({1, 2, 3, 1}, {255, 255, 255});
        for (std::uint64_t y = 0; y < 4; ++y)
            for (std::uint64_t x = 0; x < 5; ++x)
                EXPECT_EQ(screen.touched(x, y), y == 2 && x >= 1 && x < 4) << x << ' ' << y;
        EXPECT_TRUE(screen.guards_are_whole());
    }
}

TEST(Canvas, rectangles_are_clipped_wherever_they_lie) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    for (const Layout& layout : {xrgb32, bgr24, rgb565, rgb555})
        for (std::int64_t start : {least, std::int64_t{-7}, std::int64_t{-1}, std::int64_t{0}, std::int64_t{3}, most})
            for (std::int64_t length : {least, std::int64_t{-3}, std::int64_t{0}, std::int64_t{4}, most}) {
                Screen screen(layout);
                screen.canvas().fill({start, start, length, length}, {255, 255, 255});
                EXPECT_TRUE(screen.guards_are_whole());
                auto covered = [&](std::int64_t at) {
                    return length > 0 && at >= start && (start < 0 ? at < start + length : at - start < length);
                };
                for (std::int64_t i = 0; i < 4; ++i)
                    EXPECT_EQ(screen.touched(static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(i)), covered(i))
                        << start << ' ' << length << ' ' << i;
            }
}

TEST(Canvas, the_whole_screen_is_filled_to_the_last_pixel) {
    Screen screen(xrgb32);
    screen.canvas().fill({0, 0, 5, 4}, {1, 2, 3});
    for (std::uint64_t y = 0; y < 4; ++y)
        for (std::uint64_t x = 0; x < 5; ++x) EXPECT_EQ(screen.at(x, y), 0x010203U);
    EXPECT_TRUE(screen.guards_are_whole());
}

TEST(Canvas, text_is_the_fonts_pixels_at_scale) {
    const auto font = Font::parse(fonts::text());
    ASSERT_TRUE(font);
    for (std::uint32_t scale : {1U, 3U}) {
        Layout layout = xrgb32;
        layout.width = 2 * 8 * scale;
        layout.height = 16 * scale;
        layout.pitch = layout.width * 4;
        Screen screen(layout);
        Canvas canvas = screen.canvas();
        const std::int64_t end = canvas.draw_text(
            0, 0, "Lä", *font, {.colour = {255, 0, 0}, .background = Colour{0, 0, 255}, .scale = scale});
        EXPECT_EQ(end, canvas.width());
        for (std::uint32_t y = 0; y < layout.height; ++y)
            for (std::uint32_t x = 0; x < layout.width; ++x) {
                const Glyph glyph = font->glyph(x < 8 * scale ? U'L' : U'ä');
                const bool set = glyph.is_set(x / scale % 8, y / scale);
                ASSERT_EQ(screen.at(x, y), set ? 0xff0000U : 0x0000ffU) << x << ' ' << y;
            }
    }
}

TEST(Canvas, text_without_background_leaves_the_rest_as_it_was) {
    const auto font = Font::parse(fonts::text());
    Layout layout = xrgb32;
    layout.width = 8;
    layout.height = 16;
    layout.pitch = 32;
    Screen screen(layout);
    screen.canvas().draw_text(0, 0, "i", *font, {.colour = {255, 255, 255}});
    for (std::uint32_t y = 0; y < 16; ++y)
        for (std::uint32_t x = 0; x < 8; ++x) EXPECT_EQ(screen.touched(x, y), font->glyph('i').is_set(x, y));
}

TEST(Canvas, text_is_clipped_at_every_edge) {
    const auto font = Font::parse(fonts::text());
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    for (std::int64_t x : {least, std::int64_t{-9}, std::int64_t{-3}, std::int64_t{4}, most})
        for (std::int64_t y : {least, std::int64_t{-20}, std::int64_t{-5}, std::int64_t{2}, most})
            for (std::uint32_t scale : {1U, 100U, 0xffffffffU}) {
                Screen screen(rgb565);
                screen.canvas().draw_text(x, y, "Overflow", *font,
                                          {.colour = {255, 255, 255}, .background = Colour{}, .scale = scale});
                EXPECT_TRUE(screen.guards_are_whole());
            }
}

TEST(Canvas, layouts_that_contradict_themselves_are_refused) {
    std::byte memory[96];
    auto refused = [&](auto change) {
        Layout layout = xrgb32;
        change(layout);
        return !Canvas::create(memory, layout);
    };
    EXPECT_FALSE(refused([](Layout&) {}));
    EXPECT_TRUE(refused([](Layout& layout) { layout.pitch = 19; }));
    EXPECT_TRUE(refused([](Layout& layout) { layout.bits_per_pixel = 8; }));
    EXPECT_TRUE(refused([](Layout& layout) { layout.bits_per_pixel = 64; }));
    EXPECT_TRUE(refused([](Layout& layout) { layout.red = {8, 25}; }));
    EXPECT_TRUE(refused([](Layout& layout) { layout.green = {0, 8}; }));
    EXPECT_TRUE(refused([](Layout& layout) { layout.blue = {255, 255}; }));
    EXPECT_TRUE(refused([](Layout& layout) { layout.width = 0; }));
    EXPECT_TRUE(refused([](Layout& layout) { layout.height = 0; }));
    EXPECT_TRUE(refused([](Layout& layout) { layout.width = std::uint64_t{1} << 62; }));
    EXPECT_TRUE(refused([](Layout& layout) { layout.pitch = std::uint64_t{1} << 63; }));
    EXPECT_FALSE(Canvas::create(nullptr, xrgb32));
}

}  // namespace
}  // namespace lintel
