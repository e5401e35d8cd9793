// Cuts a console font down to some ranges of characters, so that a kernel carries no glyph that it never shows:
//
//     psf_subset input.psf output.psf 20-7e a0-ff
//
// Writes PSF version 2 with a Unicode table. Characters that the input lacks are left out.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

#include "base/font.hpp"

namespace {

using lintel::Font;

void append(std::string& to, std::uint32_t value) {
    char raw[4];
    std::memcpy(raw, &value, sizeof(raw));
    to.append(raw, sizeof(raw));
}

void append_utf8(std::string& to, char32_t character) {
    auto put = [&](char32_t byte) { to.push_back(static_cast<char>(byte)); };
    if (character < 0x80) return put(character);
    if (character < 0x800) {
        put(0xc0 | (character >> 6));
    } else {
        put(0xe0 | (character >> 12));  // no range goes beyond U+FFFF
        put(0x80 | ((character >> 6) & 0x3f));
    }
    put(0x80 | (character & 0x3f));
}

/// "a0-ff" in hexadecimal; false where it is not a range within U+0000 to U+FFFF.
bool parse_range(std::string_view text, char32_t& first, char32_t& last) {
    std::uint16_t numbers[2];
    const char* at = text.data();
    const char* const end = at + text.size();
    for (int i = 0; i < 2; ++i) {
        auto [next, error] = std::from_chars(at, end, numbers[i], 16);
        if (error != std::errc{} || (i == 0 && (next == end || *next != '-')) || (i == 1 && next != end)) return false;
        at = next + 1;
    }
    first = numbers[0];
    last = numbers[1];
    return first <= last;
}

std::string subset(const Font& font, char** ranges, char** ranges_end) {
    std::string glyphs;
    std::string table;
    std::uint32_t count = 0;
    for (; ranges != ranges_end; ++ranges) {
        char32_t first = 0;
        char32_t last = 0;
        if (!parse_range(*ranges, first, last)) return {};
        for (char32_t character = first; character <= last; ++character) {
            const auto glyph = font.find(character);
            if (!glyph) continue;
            glyphs += lintel::as_text(glyph->bitmap());
            append_utf8(table, character);
            table.push_back('\xff');
            ++count;
        }
    }
    if (count == 0) return {};
    std::string file;
    const auto glyph_size = static_cast<std::uint32_t>(glyphs.size() / count);
    for (std::uint32_t word : {0x864ab572U, 0U, 32U, 1U, count, glyph_size, font.height(), font.width()})
        append(file, word);
    return file + glyphs + table;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::cerr << "usage: psf_subset input.psf output.psf first-last...\n";
        return 2;
    }
    std::ifstream input(argv[1], std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(input), {}};
    const auto font = Font::parse(lintel::as_bytes(bytes));
    if (!input || !font) {
        std::cerr << "psf_subset: " << argv[1] << ": " << (font ? "cannot be read" : font.error().text) << '\n';
        return 2;
    }
    const std::string file = subset(*font, argv + 3, argv + argc);
    if (file.empty()) {
        std::cerr << "psf_subset: a range is malformed, or " << argv[1] << " has none of the characters\n";
        return 2;
    }
    std::ofstream output(argv[2], std::ios::binary);
    output << file << std::flush;
    if (!output) {
        std::cerr << "psf_subset: " << argv[2] << " cannot be written\n";
        return 2;
    }
    return 0;
}
