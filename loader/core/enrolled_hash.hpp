// The place in BOOTX64.EFI for the hash of the one configuration that it is to boot with: `lintel enroll` writes it,
// and the loader reads it. Invariant: the file has the mark once.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace lintel::loader {

struct EnrolledHash {
    std::array<char, 16> mark;
    std::array<std::byte, 64> blake2b;  // of the whole configuration; all zeros: any configuration will do
};
static_assert(sizeof(EnrolledHash) == 80 && offsetof(EnrolledHash, blake2b) == 16);

inline constexpr std::array<char, 16> enrolled_hash_mark{'L', 'i', 'n', 't', 'e', 'l', ' ', 'e',
                                                         'n', 'r', 'o', 'l', 'l', 'e', 'd', ':'};

}  // namespace lintel::loader
