// Which hash a text stands for. All of these are of "abc".
#include "loader/core/file_hash.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lintel::loader {
namespace {

constexpr std::string_view blake3_hash = "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85";
constexpr std::string_view blake2b_hash =
    "BA80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
    "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923";
constexpr std::string_view long_blake3_hash =
    "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"
    "1fb250ae7393f5d02813b65d521a0d492d9ba09cf7ce7f4cffd900f23374bf0b"
    "c08a1fb0b38ed276181ccbd9f7b7edbddf9f86404ad7929605f6ffa3fb1ac879"
    "83105f013384f2f11d38879c985d47003804b905f0c38975e28d36804bb60d8c";

TEST(FileHash, is_told_by_its_length) {
    for (std::string_view hash : {blake3_hash, blake2b_hash, long_blake3_hash}) {
        EXPECT_TRUE(has_hash(as_bytes("abc"), hash)) << hash;
        EXPECT_FALSE(has_hash(as_bytes("abd"), hash)) << hash;
    }
}

TEST(FileHash, differs_where_any_digit_does) {
    for (std::string_view hash : {blake3_hash, blake2b_hash, long_blake3_hash}) {
        for (std::size_t i = 0; i < hash.size(); ++i) {
            std::string wrong(hash);
            wrong[i] = wrong[i] == '0' ? '1' : '0';
            EXPECT_FALSE(has_hash(as_bytes("abc"), wrong)) << wrong;
        }
    }
}

TEST(FileHash, is_no_other_text) {
    EXPECT_FALSE(has_hash(as_bytes("abc"), ""));
    EXPECT_FALSE(has_hash(as_bytes("abc"), blake3_hash.substr(1)));
    EXPECT_FALSE(has_hash(as_bytes("abc"), long_blake3_hash.substr(0, 192)));
    EXPECT_FALSE(has_hash(as_bytes("abc"), std::string(64, 'g')));
}

}  // namespace
}  // namespace lintel::loader
