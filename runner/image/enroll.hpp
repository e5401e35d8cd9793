// The hash of a configuration in a loader's file, which then boots with no other.
#pragma once

#include <string>

#include "base/blake2b.hpp"
#include "runner/host/failure.hpp"

namespace lintel::runner {

/// Puts `hash` into `loader`, the bytes of a BOOTX64.EFI; a hash of zeros takes out the one that is there. Says so
/// where the bytes have no place for one.
Outcome<void> enroll(std::string& loader, const Blake2bHash& hash);

}  // namespace lintel::runner
