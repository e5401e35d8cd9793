// Moves an executable: where to, and what has to change in its image for it (System V gABI, "Dynamic Section",
// "Relocation"; System V psABI for x86-64, "Relocation").
// Invariant: nothing outside the image is read or written, wherever the tables say that they and their targets are.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "loader/core/executable.hpp"
#include "loader/core/random.hpp"

namespace lintel::loader {

/// How far to move an executable for it to lie where executables belong: not at all, if it need not or cannot be
/// moved. With `random`, anywhere that it may lie.
Result<std::uint64_t> choose_slide(const Executable& executable, Random* random);

/// Whether relocate() knows what a relocation of this type asks for.
bool is_known_relocation(std::uint32_t type);

/// Adapts `image`, as Executable::load() made it, to where `executable` has been moved.
Status relocate(const Executable& executable, MutableBytes image);

}  // namespace lintel::loader
