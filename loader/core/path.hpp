// Limine's paths: `resource(argument):/path`, with '$' before it for a gzip file and '#' and a hash behind it
// (CONFIG.md, "Paths").
// Invariant: a Path that parse_path() gave out has a known resource, an argument of that resource's form and a path
// that starts with '/'; its pieces are views into the text that was parsed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "loader/core/ascii.hpp"

namespace lintel::loader {

enum class Resource : std::uint8_t { boot, hdd, odd, guid, fslabel, tftp };

struct Path {
    std::string_view text{};  // all of it, as it was written
    bool gzip = false;
    Resource resource = Resource::boot;
    std::string_view argument{};
    std::uint32_t drive = 0;      // hdd and odd, from 1
    std::uint32_t partition = 0;  // boot, hdd and odd, from 1; 0 where there is none
    std::string_view path{};
    std::string_view hash{};  // hexadecimal; empty where there is none

    /// As it was written, but for the hash.
    [[nodiscard]] std::string_view without_hash() const {
        return hash.empty() ? text : text.substr(0, text.size() - hash.size() - 1);
    }
};

/// Takes any path of Limine's apart, supported here or not.
Result<Path> parse_path(std::string_view text);

/// Whether `text` can be the hash of an executable's own module, which are all BLAKE2b (PROTOCOL.md, "Module Feature").
constexpr bool is_blake2b_hash(std::string_view text) {
    return text.size() == 128 && std::ranges::all_of(text, is_hexadecimal);
}

}  // namespace lintel::loader
