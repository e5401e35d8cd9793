// The hashes that configurations give for files (CONFIG.md, "Paths").
#pragma once

#include <string_view>

#include "base/bytes.hpp"

namespace lintel::loader {

/// Whether `bytes` have the hash that `text` spells in hexadecimal. Its length tells which one it is: 64 digits are
/// BLAKE3, 128 are BLAKE2b, and 256 are BLAKE3 with extended output. Nothing has a hash of any other length.
bool has_hash(Bytes bytes, std::string_view text);

}  // namespace lintel::loader
