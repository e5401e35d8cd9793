// BLAKE3 without a key, of any length: the other hash that a path in a configuration can carry.
// Invariant: the same bytes have the same hash in every world, and a shorter hash is the start of a longer one.
#pragma once

#include "base/bytes.hpp"

namespace lintel {

/// Fills `hash`; 32 bytes are usual.
void blake3(Bytes message, MutableBytes hash);

}  // namespace lintel
