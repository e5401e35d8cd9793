// Names and section numbers are those of the BLAKE3 paper ("BLAKE3: one function, fast everywhere").
#include "base/blake3.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>

#include "base/list.hpp"
#include "base/result.hpp"

namespace lintel {
namespace {

static_assert(std::endian::native == std::endian::little, "words are taken as they stand in memory");

using ChainingValue = std::array<std::uint32_t, 8>;
using Block = std::array<std::uint32_t, 16>;

constexpr std::size_t chunk_size = 1024;  // bytes
constexpr std::size_t block_size = sizeof(Block);
constexpr std::size_t deepest_tree = 54;  // of 2^64 bytes

// Table 1
constexpr ChainingValue initial = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
// Table 2
constexpr std::uint8_t permutation[16] = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
// Table 3
constexpr std::uint32_t chunk_start = 1, chunk_end = 2, parent = 4, root = 8;

/// 2.2, the function G.
void mix(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c, std::uint32_t& d, std::uint32_t x, std::uint32_t y) {
    a += b + x;
    d = std::rotr(d ^ a, 16);
    c += d;
    b = std::rotr(b ^ c, 12);
    a += b + y;
    d = std::rotr(d ^ a, 8);
    c += d;
    b = std::rotr(b ^ c, 7);
}

/// A node of the tree before its last compression, which is another one where the node turns out to be the root.
struct Node {
    ChainingValue input = initial;
    Block block{};
    std::uint64_t counter = 0;
    std::uint32_t length = block_size;  // bytes of the block that count
    std::uint32_t flags = 0;

    /// 2.2
    [[nodiscard]] Block compress() const {
        Block v{};
        std::ranges::copy(input, v.begin());
        std::ranges::copy(std::span(initial).first(4), v.begin() + 8);
        v[12] = static_cast<std::uint32_t>(counter);
        v[13] = static_cast<std::uint32_t>(counter >> 32);
        v[14] = length;
        v[15] = flags;
        Block m = block;
        for (int round = 0; round < 7; ++round) {
            for (std::size_t i = 0; i < 4; ++i) mix(v[i], v[4 + i], v[8 + i], v[12 + i], m[2 * i], m[2 * i + 1]);
            for (std::size_t i = 0; i < 4; ++i)
                mix(v[i], v[4 + (i + 1) % 4], v[8 + (i + 2) % 4], v[12 + (i + 3) % 4], m[8 + 2 * i], m[9 + 2 * i]);
            Block before = m;
            for (std::size_t i = 0; i < m.size(); ++i) m[i] = before[permutation[i]];
        }
        for (std::size_t i = 0; i < input.size(); ++i) {
            v[i] ^= v[i + 8];
            v[i + 8] ^= input[i];
        }
        return v;
    }

    [[nodiscard]] ChainingValue chaining_value() const {
        Block output = compress();
        ChainingValue value{};
        std::ranges::copy(std::span(output).first(8), value.begin());
        return value;
    }
};

/// 2.4: a chunk's blocks are chained; the last is left to the caller.
Node chunk_node(Bytes chunk, std::uint64_t index) {
    Node node{.counter = index, .flags = chunk_start};
    for (;;) {
        Bytes piece = chunk.first(std::min(chunk.size(), block_size));
        node.block = {};
        std::ranges::copy(piece, std::as_writable_bytes(std::span(node.block)).begin());
        chunk = chunk.subspan(piece.size());
        if (chunk.empty()) {
            node.length = static_cast<std::uint32_t>(piece.size());
            node.flags |= chunk_end;
            return node;
        }
        node.input = node.chaining_value();
        node.flags = 0;
    }
}

/// 2.5
Node parent_node(const ChainingValue& left, const ChainingValue& right) {
    Node node{.flags = parent};
    std::ranges::copy(left, node.block.begin());
    std::ranges::copy(right, node.block.begin() + 8);
    return node;
}

}  // namespace

void blake3(Bytes message, MutableBytes hash) {
    // The subtrees that are complete, from the largest to the smallest: a bit set in the number of chunks each (2.1).
    std::array<ChainingValue, deepest_tree> storage;
    List<ChainingValue> subtrees(storage);
    auto take_last = [&] {
        ChainingValue value = subtrees[subtrees.size() - 1];
        subtrees.truncate(subtrees.size() - 1);
        return value;
    };
    std::uint64_t chunks = 0;
    while (message.size() > chunk_size) {
        ChainingValue value = chunk_node(message.first(chunk_size), chunks++).chaining_value();
        for (std::uint64_t rest = chunks; rest % 2 == 0; rest /= 2)
            value = parent_node(take_last(), value).chaining_value();
        ensure(subtrees.push(value), "no message has more bytes than addresses");
        message = message.subspan(chunk_size);
    }
    Node node = chunk_node(message, chunks);
    while (!subtrees.empty()) node = parent_node(take_last(), node.chaining_value());
    // 2.6: the root is compressed as often as the hash is long.
    node.flags |= root;
    node.counter = 0;
    for (; !hash.empty(); ++node.counter) {
        Block output = node.compress();
        Bytes piece = std::as_bytes(std::span(output)).first(std::min(hash.size(), block_size));
        std::ranges::copy(piece, hash.begin());
        hash = hash.subspan(piece.size());
    }
}

}  // namespace lintel
