// Decompression of DEFLATE data (RFC 1951): what gzip and zip files hold.
// Invariant: whatever the data says, no byte before `in`, behind it or outside `out` is touched, and the work is
// bounded by the size of `in`.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace lintel::loader {

struct Inflated {
    std::uint64_t consumed;  // bytes of the compressed data, which knows its own end
    std::uint64_t produced;  // bytes of the contents
};

/// Decompresses the data that `in` starts with. As much of the contents as `out` has room for goes there; all of them
/// are counted, so that an empty `out` measures them.
Result<Inflated> inflate(Bytes in, MutableBytes out);

}  // namespace lintel::loader
