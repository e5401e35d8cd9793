// Taking Limine's paths apart.
// Invariant: a path is refused as malformed before anybody asks whether it is supported.
#include "loader/core/path.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "loader/core/ascii.hpp"

namespace lintel::loader {
namespace {

struct ResourceName {
    std::string_view name;
    Resource resource;
};

constexpr std::array resource_names{
    ResourceName{"boot", Resource::boot}, ResourceName{"hdd", Resource::hdd},
    ResourceName{"odd", Resource::odd},   ResourceName{"guid", Resource::guid},
    ResourceName{"uuid", Resource::guid}, ResourceName{"fslabel", Resource::fslabel},
    ResourceName{"tftp", Resource::tftp},
};

/// Drives and partitions count from 1.
bool parse_ordinal(std::string_view text, std::uint32_t& into) {
    auto number = parse_decimal(text);
    if (!number || *number == 0) return false;
    into = *number;
    return true;
}

bool parse_drive_and_partition(std::string_view text, Path& into) {
    std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || !parse_ordinal(text.substr(0, colon), into.drive)) return false;
    std::string_view partition = text.substr(colon + 1);
    return partition.empty() || parse_ordinal(partition, into.partition);
}

bool is_guid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_hexadecimal(text[i])) return false;
    }
    return true;
}

bool parse_argument(Path& path) {
    switch (path.resource) {
        case Resource::boot:
            return path.argument.empty() || parse_ordinal(path.argument, path.partition);
        case Resource::hdd:
        case Resource::odd:
            return parse_drive_and_partition(path.argument, path);
        case Resource::guid:
            return is_guid(path.argument);
        case Resource::fslabel:
            return !path.argument.empty();
        case Resource::tftp:
            return true;
    }
    return false;
}

/// BLAKE3, BLAKE2b and BLAKE3 with extended output are told apart by their length.
bool is_hash(std::string_view text) {
    return (text.size() == 64 || text.size() == 128 || text.size() == 256) && std::ranges::all_of(text, is_hexadecimal);
}

}  // namespace

Result<Path> parse_path(std::string_view text) {
    constexpr Literal wrong_form = "a path has the form resource(argument):/path, not";
    Path path{.text = text};
    std::string_view rest = text;
    if (rest.starts_with('$')) {
        path.gzip = true;
        rest.remove_prefix(1);
    }
    if (std::size_t pound = rest.rfind('#'); pound != std::string_view::npos) {
        path.hash = rest.substr(pound + 1);
        rest = rest.substr(0, pound);
        if (!is_hash(path.hash))
            return fail(ErrorCode::malformed, "'#' in a path comes before a hash of 64, 128 or 256 hexadecimal digits",
                        text);
    }
    std::size_t open = rest.find('(');
    if (open == std::string_view::npos) return fail(ErrorCode::malformed, wrong_form, text);
    std::size_t close = rest.find("):/", open);
    if (close == std::string_view::npos) return fail(ErrorCode::malformed, wrong_form, text);

    const auto* known = std::ranges::find(resource_names, rest.substr(0, open), &ResourceName::name);
    if (known == resource_names.end())
        return fail(ErrorCode::malformed, "a path starts with boot, hdd, odd, guid, uuid, fslabel or tftp, not", text);
    path.resource = known->resource;
    path.argument = rest.substr(open + 1, close - open - 1);
    path.path = rest.substr(close + 2);
    if (!parse_argument(path))
        return fail(ErrorCode::malformed, "the argument in the parentheses does not suit this path's resource", text);
    return path;
}

}  // namespace lintel::loader
