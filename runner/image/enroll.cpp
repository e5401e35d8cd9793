#include "runner/image/enroll.hpp"

#include <cstring>

#include "loader/core/enrolled_hash.hpp"

namespace lintel::runner {

Outcome<void> enroll(std::string& loader, const Blake2bHash& hash) {
    using lintel::loader::EnrolledHash;
    const std::string_view mark(lintel::loader::enrolled_hash_mark.data(), lintel::loader::enrolled_hash_mark.size());
    const auto place = loader.find(mark);
    if (place == std::string::npos || loader.size() - place < sizeof(EnrolledHash) ||
        loader.find(mark, place + 1) != std::string::npos)
        return refuse("this is no BOOTX64.EFI of Lintel's: it has no place for a configuration's hash");
    std::memcpy(loader.data() + place + offsetof(EnrolledHash, blake2b), hash.data(), hash.size());
    return {};
}

}  // namespace lintel::runner
