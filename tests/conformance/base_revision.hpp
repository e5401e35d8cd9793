// How the main file of each kernel tells the others what became of its base revision tag.
#pragma once

#include <cstdint>

namespace lintel::conformance {

struct BaseRevisionWords {
    std::uint64_t second;
    std::uint64_t third;
};

/// Defined by each kernel's main file.
BaseRevisionWords base_revision_words();

}  // namespace lintel::conformance
