#include "loader/core/file_hash.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "base/blake2b.hpp"
#include "base/blake3.hpp"

namespace lintel::loader {

bool has_hash(Bytes bytes, std::string_view text) {
    std::array<std::byte, 128> storage{};
    auto hash = std::span(storage).first(std::min(text.size() / 2, storage.size()));
    if (text.size() == 128)
        std::ranges::copy(blake2b(bytes), hash.begin());
    else if (text.size() == 64 || text.size() == 256)
        blake3(bytes, hash);
    else
        return false;
    for (std::size_t i = 0; i < hash.size(); ++i) {
        unsigned byte = 256;
        const char* digits = text.data() + 2 * i;
        std::from_chars(digits, digits + 2, byte, 16);
        if (hash[i] != static_cast<std::byte>(byte) || byte > 255) return false;
    }
    return true;
}

}  // namespace lintel::loader
