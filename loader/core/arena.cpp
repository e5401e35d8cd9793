// Hands out pieces of pages that come from the firmware in larger chunks.
// Invariant: a piece never spans two chunks.
#include "loader/core/arena.hpp"

#include <algorithm>

namespace lintel::loader {

Result<PhysAddr> Arena::take(std::uint64_t bytes) {
    std::uint64_t size = align_up(bytes, alignment);
    // What needs a good part of a chunk gets pages of its own; the current chunk goes on being used.
    if (size > chunk_size / 4 && size > left_) return firmware_->allocate(size);
    if (size > left_) {
        next_ = TRY(firmware_->allocate(chunk_size));
        left_ = chunk_size;
    }
    PhysAddr place = next_;
    next_ += size;
    left_ -= size;
    return place;
}

Result<const char*> Arena::string(std::string_view text) {
    auto place = TRY(array<char>(text.size() + 1));
    std::ranges::copy(text, place.begin());
    return place.data();
}

}  // namespace lintel::loader
