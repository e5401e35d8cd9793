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
    bool gzip = false;
    Resource resource = Resource::boot;
    std::string_view argument{};
    std::string_view path{};
    std::string_view hash{};  // hexadecimal; empty where there is none
};

/// Takes any path of Limine's apart, supported here or not.
Result<Path> parse_path(std::string_view text);

/// A file on the volume that holds the configuration.
struct FilePath {
    std::string_view path;    // with a leading slash
    std::string_view hash{};  // its BLAKE2b hash, 128 hexadecimal digits; empty where there is none
};

/// The file that `boot():/...` names; says what is not supported otherwise.
Result<FilePath> path_on_boot_volume(std::string_view text);

/// Whether `text` can be the hash in a FilePath.
constexpr bool is_blake2b_hash(std::string_view text) {
    return text.size() == 128 && std::ranges::all_of(text, is_hexadecimal);
}

}  // namespace lintel::loader
