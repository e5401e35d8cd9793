// Limine's paths: `resource(argument):/path`, with '$' before it for a gzip file and '#' and a hash behind it
// (CONFIG.md, "Paths").
// Invariant: a Path that parse_path() gave out has a known resource, an argument of that resource's form and a path
// that starts with '/'; its pieces are views into the text that was parsed.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"

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

/// The path within the volume that holds the configuration, for `boot():/...`; says what is not supported otherwise.
Result<std::string_view> path_on_boot_volume(std::string_view text);

}  // namespace lintel::loader
