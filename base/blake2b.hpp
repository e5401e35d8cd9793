// BLAKE2b without a key, 64 bytes long (RFC 7693): the hash that a path in a configuration can carry.
// Invariant: the same bytes have the same hash in every world.
#pragma once

#include <array>
#include <cstddef>

#include "base/bytes.hpp"

namespace lintel {

using Blake2bHash = std::array<std::byte, 64>;

Blake2bHash blake2b(Bytes message);

}  // namespace lintel
