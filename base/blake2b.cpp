// Names of variables and section numbers are those of RFC 7693.
#include "base/blake2b.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>

namespace lintel {
namespace {

static_assert(std::endian::native == std::endian::little, "words are taken as they stand in memory");

using State = std::array<std::uint64_t, 8>;

constexpr std::size_t block_size = 128;  // bytes

// 2.6
constexpr State initial = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                           0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

// 2.7: which words of the block a round mixes in; the eleventh and twelfth are the first and second again.
constexpr std::uint8_t sigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

// 3.1
void mix(std::uint64_t& a, std::uint64_t& b, std::uint64_t& c, std::uint64_t& d, std::uint64_t x, std::uint64_t y) {
    a += b + x;
    d = std::rotr(d ^ a, 32);
    c += d;
    b = std::rotr(b ^ c, 24);
    a += b + y;
    d = std::rotr(d ^ a, 16);
    c += d;
    b = std::rotr(b ^ c, 63);
}

enum class Position : std::uint8_t { inner, last };

// 3.2: `counted` is how many bytes of the message there are up to the end of this block.
void compress(State& h, Bytes block, std::uint64_t counted, Position position) {
    std::array<std::uint64_t, 16> m{};
    std::ranges::copy(block, std::as_writable_bytes(std::span(m)).begin());
    std::array<std::uint64_t, 16> v{};
    std::ranges::copy(h, v.begin());
    std::ranges::copy(initial, v.begin() + 8);
    v[12] ^= counted;
    if (position == Position::last) v[14] = ~v[14];
    for (std::size_t round = 0; round < 12; ++round) {
        const auto& s = sigma[round % 10];
        for (std::size_t i = 0; i < 4; ++i) mix(v[i], v[4 + i], v[8 + i], v[12 + i], m[s[2 * i]], m[s[2 * i + 1]]);
        for (std::size_t i = 0; i < 4; ++i)
            mix(v[i], v[4 + (i + 1) % 4], v[8 + (i + 2) % 4], v[12 + (i + 3) % 4], m[s[8 + 2 * i]], m[s[9 + 2 * i]]);
    }
    for (std::size_t i = 0; i < h.size(); ++i) h[i] ^= v[i] ^ v[i + 8];
}

}  // namespace

Blake2bHash blake2b(Bytes message) {
    State h = initial;
    h[0] ^= 0x01010000 ^ sizeof(Blake2bHash);  // 2.5: fanout and depth 1, no key, the length of the hash
    std::uint64_t counted = 0;
    while (message.size() > block_size) {
        counted += block_size;
        compress(h, message.first(block_size), counted, Position::inner);
        message = message.subspan(block_size);
    }
    compress(h, message, counted + message.size(), Position::last);
    return std::bit_cast<Blake2bHash>(h);
}

}  // namespace lintel
