// Gzip files for tests, put together by hand from blocks that are stored and not compressed.
// Invariant: what the builder gives out is sound as long as a test breaks nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/crc32.hpp"

namespace lintel {

struct GzipBuilder {
    explicit GzipBuilder(std::string_view text)
        : data(stored(text)), checksum(crc32(as_bytes(text))), size(text.size()) {}

    /// A last block that holds `text`, of less than 64 KiB, as it is.
    static std::string stored(std::string_view text) {
        return std::string(1, '\1') + number(text.size(), 2) + number(~text.size(), 2) + std::string(text);
    }

    static std::string number(std::uint64_t value, unsigned bytes) {
        std::string text;
        for (; bytes > 0; --bytes, value >>= 8) text += static_cast<char>(value & 255);
        return text;
    }

    [[nodiscard]] std::string text() const {
        return magic + method + flags + std::string(6, '\0') + optional_header + data + number(checksum, 4) +
               number(size, 4);
    }
    [[nodiscard]] std::vector<std::byte> file() const {
        std::string whole = text();
        Bytes bytes = as_bytes(whole);
        return {bytes.begin(), bytes.end()};
    }

    std::string magic = "\x1f\x8b";
    char method = 8;
    char flags = 0;
    std::string optional_header{};
    std::string data;
    std::uint64_t checksum;
    std::uint64_t size;
};

}  // namespace lintel
