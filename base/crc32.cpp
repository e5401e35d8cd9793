#include "base/crc32.hpp"

#include <array>

namespace lintel {
namespace {

/// What each value of a byte does to a sum.
consteval std::array<std::uint32_t, 256> make_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
        std::uint32_t sum = byte;
        for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0xedb88320 : 0);
        table[byte] = sum;
    }
    return table;
}

constexpr auto table = make_table();

}  // namespace

std::uint32_t crc32(Bytes bytes) {
    std::uint32_t sum = ~std::uint32_t{0};
    for (std::byte byte : bytes) sum = sum >> 8 ^ table[(sum ^ std::to_integer<std::uint32_t>(byte)) & 255];
    return ~sum;
}

}  // namespace lintel
