// Files that gzip compressed (RFC 1952).
// Invariant: what decompress() accepts has the size and the checksum that the file itself tells.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace lintel::loader {

class GzipFile {
public:
    /// Reads the file's one member and measures its contents. What follows it does not count, as CONFIG.md has it
    /// ("Paths"), unless that is a member more: to take half of the contents for the whole would be worse than none.
    static Result<GzipFile> parse(Bytes file);

    /// The member alone, still compressed: what a hash is taken of.
    [[nodiscard]] Bytes member() const { return member_; }

    /// The size of the contents, in bytes.
    [[nodiscard]] std::uint64_t size() const { return size_; }

    /// Decompresses into `contents`, which are size() bytes.
    Status decompress(MutableBytes contents) const;

private:
    GzipFile(Bytes member, Bytes data, std::uint64_t size) : member_(member), data_(data), size_(size) {}

    Bytes member_;
    Bytes data_;  // of the member, without its header
    std::uint64_t size_;
};

}  // namespace lintel::loader
