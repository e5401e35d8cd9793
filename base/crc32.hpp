// CRC-32 as gzip, GPT and zip use it: the reflected polynomial 0xedb88320, inverted before and after (RFC 1952, 8).
// Invariant: the same bytes have the same sum in every world.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace lintel {

std::uint32_t crc32(Bytes bytes);

}  // namespace lintel
