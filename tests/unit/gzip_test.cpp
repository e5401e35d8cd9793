// Decompression against the gzip of the machine that builds, and of what it never writes.
#include "loader/core/gzip.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "gzip_builder.hpp"
#include "loader/core/inflate.hpp"

namespace lintel::loader {
namespace {

/// What comes out of a file, or the sentence that says why nothing does.
std::string unpack(std::string_view file) {
    const std::vector<char> exact(file.begin(), file.end());  // so that a read beyond the end is seen
    auto gzip = GzipFile::parse(std::as_bytes(std::span(exact)));
    if (!gzip) return std::string(gzip.error().text);
    std::string contents(gzip->size(), '?');
    auto done = gzip->decompress(std::as_writable_bytes(std::span(contents)));
    return done ? contents : std::string(done.error().text);
}

class GzipProgram : public testing::Test {
protected:
    GzipProgram() { std::filesystem::create_directory(folder_); }
    ~GzipProgram() override { std::filesystem::remove_all(folder_); }

    std::string pack(const std::string& contents, const std::string& options) {
        auto plain = folder_ / "plain", packed = folder_ / "packed";
        std::ofstream(plain, std::ios::binary) << contents;
        std::string command = "gzip -c " + options + " '" + plain.string() + "' > '" + packed.string() + "'";
        EXPECT_EQ(std::system(command.c_str()), 0);  // NOLINT(cert-env33-c): our own words
        std::ifstream in(packed, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

private:
    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("lintel-gzip-" + std::to_string(std::random_device()()));
};

/// Words of a few letters each: what matches near and far, with codes short and long.
std::string prose(std::size_t size) {
    std::mt19937 random(1);
    std::vector<std::string> words(3000);
    for (auto& word : words)
        for (std::size_t length = 2 + random() % 9; length > 0; --length)
            word += static_cast<char>('a' + std::min(random() % 26, random() % 26));
    std::string text;
    while (text.size() < size) text += words[std::min(random() % words.size(), random() % words.size())] + ' ';
    return text;
}

std::string noise(std::size_t size) {
    std::mt19937 random(2);
    std::string bytes(size, '\0');
    std::ranges::generate(bytes, [&] { return static_cast<char>(random()); });
    return bytes;
}

TEST_F(GzipProgram, whatever_it_packs_is_unpacked) {
    const std::string contents[] = {"",           "a",           std::string(1000000, '\0'), std::string("ab\0c", 4),
                                    noise(70000), prose(300000), prose(50000) + noise(50000)};
    for (const std::string& content : contents)
        for (const char* options : {"-1", "-6", "-9", "-1 -n", "-9 --rsyncable"})
            EXPECT_TRUE(unpack(pack(content, options)) == content) << content.size() << " bytes, " << options;
}

TEST_F(GzipProgram, no_file_that_was_cut_off_is_taken_for_whole) {
    const std::string file = pack(prose(3000), "-9");
    for (std::size_t size = 2; size < file.size(); ++size) {
        std::string outcome = unpack(std::string_view(file).substr(0, size));
        EXPECT_TRUE(outcome == "the gzip file ends early" || outcome == "the compressed data ends early") << outcome;
    }
}

TEST_F(GzipProgram, no_bit_that_fell_over_in_the_data_goes_unnoticed) {
    const std::string contents = prose(600), file = pack(contents, "-9 -n");
    for (std::size_t bit = 10 * 8; bit < file.size() * 8; ++bit) {
        std::string broken = file;
        broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ 1 << bit % 8);
        std::string outcome = unpack(broken);
        // The bits that fill the last byte before the trailer mean nothing.
        if (outcome == contents) EXPECT_EQ(bit / 8, file.size() - 9);
    }
}

TEST(Gzip, blocks_that_are_stored_and_not_compressed_are_read) {
    EXPECT_EQ(unpack(GzipBuilder("stored").text()), "stored");
    GzipBuilder two("onetwo");
    two.data = GzipBuilder::stored("one") + GzipBuilder::stored("two");
    two.data[0] = '\0';  // the first of them is not the last
    EXPECT_EQ(unpack(two.text()), "onetwo");
}

TEST(Gzip, a_header_may_hold_a_name_a_comment_more_fields_and_a_checksum) {
    GzipBuilder builder("contents");
    builder.flags = 2 | 4 | 8 | 16;
    builder.optional_header = GzipBuilder::number(3, 2) + "abc" + std::string("name\0comment\0", 13) + "xx";
    EXPECT_EQ(unpack(builder.text()), "contents");
}

TEST(Gzip, what_follows_the_member_does_not_count) {
    GzipBuilder builder("contents");
    const std::string member = builder.text(), file = member + std::string(100, '\0');
    EXPECT_EQ(unpack(file), "contents");
    EXPECT_EQ(as_text(GzipFile::parse(as_bytes(file))->member()), member);
}

TEST(Gzip, a_second_member_is_not_left_out_in_silence) {
    EXPECT_EQ(unpack(GzipBuilder("one").text() + GzipBuilder("two").text()),
              "the gzip file has more than one member, of which this loader reads one");
}

TEST(Inflate, a_repetition_may_overlap_itself) {
    // A fixed block, bit by bit: 'a', then seven times what stands one byte before.
    std::string bits =
        "1"
        "10"
        "10010001"
        "0000101"
        "00000"
        "0000000";
    std::vector<std::byte> data(bits.size() / 8 + 1);
    for (std::size_t i = 0; i < bits.size(); ++i)
        if (bits[i] == '1') data[i / 8] |= static_cast<std::byte>(1 << i % 8);
    std::string contents(8, '?');
    auto inflated = inflate(data, std::as_writable_bytes(std::span(contents)));
    ASSERT_TRUE(inflated) << inflated.error().text;
    EXPECT_EQ(inflated->produced, 8U);
    EXPECT_EQ(contents, "aaaaaaaa");
}

TEST(Inflate, what_does_not_fit_is_counted_and_not_written) {
    std::string block = GzipBuilder::stored("0123456789"), room = "....++++";
    auto inflated = inflate(as_bytes(block), std::as_writable_bytes(std::span(room).first(4)));
    ASSERT_TRUE(inflated);
    EXPECT_EQ(inflated->produced, 10U);
    EXPECT_EQ(inflated->consumed, block.size());
    EXPECT_EQ(room, "0123++++");
}

}  // namespace
}  // namespace lintel::loader
