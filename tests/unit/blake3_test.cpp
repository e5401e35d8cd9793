// BLAKE3 against the reference implementation: the values are those of `b3sum`.
#include "base/blake3.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iomanip>
#include <sstream>
#include <string>
#include <vector>

namespace lintel {
namespace {

std::string hexadecimal(Bytes hash) {
    std::ostringstream text;
    for (std::byte byte : hash) text << std::hex << std::setw(2) << std::setfill('0') << std::to_integer<int>(byte);
    return text.str();
}

std::vector<std::byte> hash_of(Bytes message, std::size_t length = 32) {
    std::vector<std::byte> hash(length);
    blake3(message, hash);
    return hash;
}

std::vector<std::byte> some_bytes(std::size_t count) {
    std::vector<std::byte> bytes(count);
    for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>((i * 7 + 3) & 255);
    return bytes;
}

TEST(Blake3, of_nothing_and_of_a_word_is_known) {
    EXPECT_EQ(hexadecimal(hash_of({})), "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
    EXPECT_EQ(hexadecimal(hash_of(as_bytes("abc"))),
              "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85");
}

TEST(Blake3, agrees_with_the_reference_around_the_sizes_of_blocks_chunks_and_trees) {
    // The hash, made by b3sum, of the hashes of as many of these bytes.
    const auto bytes = some_bytes(200000);
    std::vector<std::byte> hashes;
    constexpr std::array<std::size_t, 25> lengths = {0,    1,    63,   64,    65,    127,    128,   129,  1023,
                                                     1024, 1025, 2047, 2048,  2049,  3072,   3073,  4096, 4097,
                                                     5121, 8192, 8193, 16384, 31744, 102400, 200000};
    for (std::size_t length : lengths)
        std::ranges::copy(hash_of(Bytes(bytes).first(length)), std::back_inserter(hashes));
    EXPECT_EQ(hexadecimal(hash_of(hashes)), "e1d4588756a41c209cadb1e866596bb92349d0748a668de32b34aff0885e3f22");
}

TEST(Blake3, can_be_longer) {
    EXPECT_EQ(hexadecimal(hash_of(some_bytes(5000), 128)),
              "99dac71e48bb629da58fe862e286769ac5a0debf976c22bdba71cd34e4c25aa6"
              "74154d962f2cbd67f62e08dbdba99674189c5877755f7a73d408394e8fc78609"
              "b51712390d5b16a098a8f92c2b68d28f3054c1061168083e8be5dfdec417d594"
              "40e651e29fe77ada9c1058e4fd420591ad712b8620427a0fbb68c5a165a5609a");
}

}  // namespace
}  // namespace lintel
