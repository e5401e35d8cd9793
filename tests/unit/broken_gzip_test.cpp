// Broken gzip files, whose data is put together bit by bit (RFC 1951), and strange ones.
#include <cstdlib>
#include <string>
#include <vector>

#include "broken_inputs.hpp"
#include "gzip_builder.hpp"
#include "loader/core/gzip.hpp"

namespace lintel::loader {
namespace {

using Row = BrokenInput;

constexpr const char* ends_early = "the gzip file ends early";
constexpr const char* data_ends_early = "the compressed data ends early";
constexpr const char* damaged = "the compressed data is damaged";

std::function<std::string()> gzip(const std::string& text) {
    return [text] {
        const std::vector<char> exact(text.begin(), text.end());  // so that a read beyond the end is seen
        auto file = GzipFile::parse(std::as_bytes(std::span(exact)));
        if (!file) return outcome_of(file);
        std::vector<std::byte> contents(file->size());
        return outcome_of(file->decompress(contents));
    };
}

/// A sound file that `change` breaks.
template <class Change>
std::function<std::string()> broken(Change change) {
    GzipBuilder builder("contents");
    change(builder);
    return gzip(builder.text());
}

/// A file with these bits as its data, and zeroes behind them; blanks only divide them.
std::function<std::string()> bits(std::string_view text, std::size_t zero_bytes = 0) {
    std::string data;
    std::size_t count = 0;
    for (char c : text) {
        if (c == ' ') continue;
        if (count % 8 == 0) data += '\0';
        if (c == '1') data.back() = static_cast<char>(data.back() | 1 << count % 8);
        ++count;
    }
    return broken([&](GzipBuilder& builder) { builder.data = data + std::string(zero_bytes, '\0'); });
}

// A block's start: it is the last one, its type, and for codes of its own how many of them there are: literals and
// lengths beyond 257, distances beyond 1, lengths of lengths beyond 4. Numbers have their least bit first.
#define DYNAMIC "1 01 "

const Row gzip_files[] = {
    {"an_empty_file", "this is no gzip file, which its path says that it is", gzip("")},
    {"one_byte", "this is no gzip file, which its path says that it is", gzip("\x1f")},
    {"text", "this is no gzip file, which its path says that it is", gzip("timeout: 0\n")},
    {"the_magic_alone", ends_early, gzip("\x1f\x8b")},
    {"a_header_alone", data_ends_early, gzip(GzipBuilder("").text().substr(0, 10))},
    {"another_method", "the gzip file is compressed by a method other than DEFLATE",
     broken([](GzipBuilder& builder) { builder.method = 7; })},
    {"reserved_flags", "the gzip file has flags that RFC 1952 reserves",
     broken([](GzipBuilder& builder) { builder.flags = 0x20; })},
    {"more_fields_than_bytes", ends_early, broken([](GzipBuilder& builder) {
         builder.flags = 4;
         builder.optional_header = "\xff\xff";
     })},
    {"a_name_without_an_end", ends_early, gzip(std::string("\x1f\x8b\x08\x08\0\0\0\0\0\0name", 14))},
    {"a_comment_without_an_end", ends_early, gzip(std::string("\x1f\x8b\x08\x18\0\0\0\0\0\0name\0comment", 22))},
    {"a_header_that_ends_within_its_checksum", ends_early, gzip(std::string("\x1f\x8b\x08\x02\0\0\0\0\0\0\0", 11))},
    {"no_trailer", ends_early, gzip(GzipBuilder("contents").text().substr(0, 10 + 5 + 8))},
    {"half_a_trailer", ends_early, gzip(GzipBuilder("contents").text().substr(0, 10 + 5 + 8 + 7))},
    {"a_wrong_size", "the gzip file's contents have another size than it says",
     broken([](GzipBuilder& builder) { ++builder.size; })},
    {"a_wrong_checksum", "the gzip file's contents do not have the checksum that it says",
     broken([](GzipBuilder& builder) { ++builder.checksum; })},
    {"two_members", "the gzip file has more than one member, of which this loader reads one",
     gzip(GzipBuilder("a").text() + GzipBuilder("b").text())},
    {"garbage_behind_the_member", "accepted", gzip(GzipBuilder("a").text() + "garbage")},

    {"a_block_of_no_type", damaged, bits("1 11")},
    {"a_stored_block_with_a_wrong_length", damaged, broken([](GzipBuilder& builder) { ++builder.data[3]; })},
    {"a_stored_block_longer_than_the_file", data_ends_early, broken([](GzipBuilder& builder) {
         builder.data = "\1" + GzipBuilder::number(0x7fff, 2) + GzipBuilder::number(0x8000, 2);
     })},
    {"blocks_without_a_last_one", data_ends_early,
     gzip(std::string("\x1f\x8b\x08\0\0\0\0\0\0\0", 10) + std::string("\0\0\0\xff\xff", 5))},
    {"a_repetition_before_the_first_byte", damaged, bits("1 10 0000001 00000 0000000")},
    {"a_repetition_of_more_than_there_is", damaged, bits("1 10 10010001 0000001 00001 0000000")},
    {"a_length_that_nothing_stands_for", damaged, bits("1 10 10010001 11000110 00000")},
    {"a_distance_that_nothing_stands_for", damaged, bits("1 10 10010001 0000001 11110 0000000")},

    {"more_literals_than_there_can_be", damaged, bits(DYNAMIC "01111 00000 0000", 40)},
    {"more_distances_than_there_can_be", damaged, bits(DYNAMIC "00000 01111 0000", 40)},
    {"lengths_of_no_code", damaged, bits(DYNAMIC "00000 00000 0000 000 000 000 000", 40)},
    {"more_codes_of_a_length_than_there_are_numbers", damaged, bits(DYNAMIC "00000 00000 0000 100 100 100 000", 40)},
    {"a_repeated_length_before_the_first", damaged, bits(DYNAMIC "00000 00000 0000 100 000 000 000 0 00", 40)},
    {"more_lengths_than_announced", damaged,
     bits(DYNAMIC "00000 00000 0000 000 000 100 000 0 1111111 0 1111111 0 1111111", 40)},
    {"no_code_for_the_blocks_end", damaged, bits(DYNAMIC "00000 00000 0000 000 000 100 000 0 1111111 0 1011011", 40)},
};

#undef DYNAMIC

INSTANTIATE_TEST_SUITE_P(Gzip, BrokenInputs, ::testing::ValuesIn(gzip_files), row_name);

}  // namespace
}  // namespace lintel::loader
