// BLAKE2b against the RFC's example and an independent implementation.
#include "base/blake2b.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iomanip>
#include <sstream>
#include <string>
#include <vector>

namespace lintel {
namespace {

std::string hexadecimal(const Blake2bHash& hash) {
    std::ostringstream text;
    for (std::byte byte : hash) text << std::hex << std::setw(2) << std::setfill('0') << std::to_integer<int>(byte);
    return text.str();
}

TEST(Blake2b, has_the_values_of_the_rfc) {
    EXPECT_EQ(hexadecimal(blake2b(as_bytes("abc"))),
              "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
              "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

TEST(Blake2b, of_nothing_is_known) {
    EXPECT_EQ(hexadecimal(blake2b({})),
              "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419"
              "d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce");
}

TEST(Blake2b, agrees_with_another_implementation_on_each_length_up_to_600) {
    // The hash, made by Python's hashlib, of the hashes of the first 0 to 600 of these bytes.
    std::vector<std::byte> bytes(600);
    for (unsigned i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>((i * 7 + 3) & 255);
    std::vector<std::byte> hashes;
    for (std::size_t length = 0; length <= bytes.size(); ++length)
        std::ranges::copy(blake2b(Bytes(bytes).first(length)), std::back_inserter(hashes));
    EXPECT_EQ(hexadecimal(blake2b(hashes)),
              "1c8b22a4b77463835150fb40e01f250f014583e8da59ded410616731d8df8ddb"
              "c5b82a31642f1a82a042d48bd3a41e2711cbb5f5fef75dc4322a290c2e0d382b");
}

}  // namespace
}  // namespace lintel
