#include "base/font.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <string>

#include "base/fonts.hpp"

namespace lintel {
namespace {

void append_words(std::string& to, std::initializer_list<std::uint32_t> words) {
    for (std::uint32_t word : words)
        for (int shift = 0; shift < 32; shift += 8) to.push_back(static_cast<char>(word >> shift));
}

/// A PSF 2 file of 9x2 pixels; glyph n's four bytes are all n.
std::string version_2(std::uint32_t count, std::string_view table) {
    std::string file;
    append_words(file, {0x864ab572, 0, 32, table.empty() ? 0U : 1U, count, 4, 2, 9});
    for (std::uint32_t glyph = 0; glyph < count; ++glyph) file.append(4, static_cast<char>(glyph));
    return file.append(table);
}

/// A PSF 1 file of 8x1 pixels; glyph n's byte is n.
std::string version_1(char mode, std::string_view table) {
    std::string file{'\x36', '\x04', mode, '\x01'};
    for (int glyph = 0; glyph < 256; ++glyph) file.push_back(static_cast<char>(glyph));
    return file.append(table);
}

/// Which of the fonts above's glyphs stands for the character; -1 for none.
int glyph_of(const Font& font, char32_t character) {
    auto glyph = font.find(character);
    return glyph ? static_cast<int>(glyph->bitmap().front()) : -1;
}

TEST(Font, without_a_table_a_character_is_its_number) {
    const std::string file = version_2(100, {});
    auto font = Font::parse(as_bytes(file));
    ASSERT_TRUE(font);
    EXPECT_EQ(font->width(), 9U);
    EXPECT_EQ(font->height(), 2U);
    EXPECT_EQ(glyph_of(*font, 'A'), 'A');
    EXPECT_EQ(glyph_of(*font, 99), 99);
    EXPECT_EQ(glyph_of(*font, 100), -1);
}

TEST(Font, the_utf8_table_leads_to_the_glyph_and_sequences_are_passed_over) {
    using namespace std::string_view_literals;
    const std::string file = version_2(4,
                                       "A\xff\xc3\xa4\xe2\x94\x80\xff"
                                       "B\xfe"
                                       "CD\xff\xff"sv);
    auto font = Font::parse(as_bytes(file));
    ASSERT_TRUE(font);
    EXPECT_EQ(glyph_of(*font, 'A'), 0);
    EXPECT_EQ(glyph_of(*font, U'ä'), 1);
    EXPECT_EQ(glyph_of(*font, U'─'), 1);
    EXPECT_EQ(glyph_of(*font, 'B'), 2);
    EXPECT_EQ(glyph_of(*font, 'C'), -1);
    EXPECT_EQ(glyph_of(*font, 'D'), -1);
}

TEST(Font, the_table_of_version_1_leads_to_the_glyph) {
    using namespace std::string_view_literals;
    const std::string file = version_1(2,
                                       "A\0\xff\xff\xe4\0\xfe\xff"
                                       "B\0\xff\xff\0\x25\xff\xff"sv);
    auto font = Font::parse(as_bytes(file));
    ASSERT_TRUE(font);
    EXPECT_EQ(glyph_of(*font, 'A'), 0);
    EXPECT_EQ(glyph_of(*font, U'ä'), 1);
    EXPECT_EQ(glyph_of(*font, 'B'), -1);
    EXPECT_EQ(glyph_of(*font, U'─'), 2);
}

TEST(Font, what_is_missing_looks_like_the_replacement_then_the_question_mark) {
    using namespace std::string_view_literals;
    const std::string both = version_2(3, "A\xff?\xff\xef\xbf\xbd\xff"sv);
    EXPECT_EQ(Font::parse(as_bytes(both))->glyph(U'Ω').bitmap().front(), std::byte{2});
    const std::string one = version_2(3, "A\xff?\xff\xff"sv);
    EXPECT_EQ(Font::parse(as_bytes(one))->glyph(U'Ω').bitmap().front(), std::byte{1});
    const std::string none = version_2(3, "A\xff"sv);
    EXPECT_EQ(Font::parse(as_bytes(none))->glyph(U'Ω').bitmap().front(), std::byte{0});
}

TEST(Font, a_table_that_names_more_glyphs_than_there_are_stays_inside) {
    using namespace std::string_view_literals;
    const std::string file = version_2(1,
                                       "A\xff"
                                       "B\xff\xc3"sv);
    auto font = Font::parse(as_bytes(file));
    ASSERT_TRUE(font);
    EXPECT_EQ(glyph_of(*font, 'B'), -1);
}

TEST(Font, every_truncation_of_the_glyphs_is_refused) {
    for (const std::string& file : {version_2(100, {}), version_1(0, {})})
        for (std::size_t size = 0; size < file.size(); ++size) {
            const std::string cut = file.substr(0, size);
            EXPECT_FALSE(Font::parse(as_bytes(cut))) << size;
        }
}

TEST(Font, impossible_headers_are_refused) {
    struct Header {
        std::uint32_t header_size, count, glyph_size, height, width;
    };
    for (const Header& header : {Header{31, 1, 1, 1, 8}, Header{32, 0, 1, 1, 8}, Header{32, 1, 2, 1, 8},
                                 Header{32, 1, 0, 0, 8}, Header{32, 1, 0, 1, 0}, Header{32, 0xffffffff, 1, 1, 8},
                                 Header{0xffffffff, 1, 1, 1, 8}, Header{32, 1, 0x20000000, 0xffffffff, 0xffffffff}}) {
        std::string file;
        append_words(
            file, {0x864ab572, 0, header.header_size, 0, header.count, header.glyph_size, header.height, header.width});
        file.append(64, '\0');
        EXPECT_FALSE(Font::parse(as_bytes(file)));
    }
}

TEST(Font, pixels_are_read_from_the_top_bit_on) {
    std::string file;
    append_words(file, {0x864ab572, 0, 32, 0, 1, 4, 2, 9});
    file += {'\x80', '\x00', '\x01', '\x80'};
    auto font = Font::parse(as_bytes(file));
    ASSERT_TRUE(font);
    const Glyph glyph = font->glyph(0);
    for (std::uint32_t y = 0; y < 2; ++y)
        for (std::uint32_t x = 0; x < 9; ++x) EXPECT_EQ(glyph.is_set(x, y), y == 0 ? x == 0 : x >= 7) << x << ' ' << y;
}

TEST(Font, the_built_in_fonts_have_what_the_menu_and_the_banner_show) {
    auto text = Font::parse(fonts::text());
    ASSERT_TRUE(text);
    EXPECT_EQ(text->width(), 8U);
    EXPECT_EQ(text->height(), 16U);
    for (char32_t character : std::u32string_view(U"~ ×äÿ─│┌┐└┘█↑↓"))
        EXPECT_TRUE(text->find(character)) << static_cast<std::uint32_t>(character);
    auto title = Font::parse(fonts::title());
    ASSERT_TRUE(title);
    EXPECT_EQ(title->width(), 16U);
    EXPECT_EQ(title->height(), 32U);
    for (char32_t character = ' '; character <= '~'; ++character) EXPECT_TRUE(title->find(character));
    EXPECT_LT(fonts::text().size() + fonts::title().size(), 16U * 1024);
}

}  // namespace
}  // namespace lintel
