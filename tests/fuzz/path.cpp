// Limine's paths, and the paths that an executable gives relative to itself.
// The input: a path; behind its last zero byte, one relative to it.
#include "loader/core/path.hpp"

#include <array>

#include "loader/core/modules.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lintel::fuzz {
namespace {

using namespace lintel::loader;

/// `path` leads from the volume's root to a file, with nothing in it that a volume would have to resolve.
void check_resolved(std::string_view path) {
    while (!path.empty()) {
        ensure(path.starts_with('/'), "names have slashes before them");
        path.remove_prefix(1);
        std::string_view name = path.substr(0, path.find('/'));
        ensure(!name.empty() && name != "." && name != "..", "a resolved path has only names");
        path.remove_prefix(name.size());
    }
}

void check_path(std::string_view text) {
    auto path = parse_path(text);
    if (!path) return check_error(path.error());
    ensure(path->path.starts_with('/'), "a path starts at the volume's root");
    for (std::string_view piece : {path->argument, path->path, path->hash})
        ensure(piece.empty() || (piece.begin() >= text.begin() && piece.end() <= text.end()), "pieces are of the text");
    bool drives = path->resource == Resource::hdd || path->resource == Resource::odd;
    ensure(drives == (path->drive != 0), "drives are counted from 1, and only drives have a number");
}

}  // namespace

void try_input(Bytes input) {
    Input rest(input);
    auto first = copy_of(rest.take_text());
    auto second = copy_of(rest.rest());
    check_path(as_text(first));
    std::array<char, 64> storage;
    auto beside = path_beside(as_text(first), as_text(second), storage);
    if (beside) check_resolved(*beside);
}

}  // namespace lintel::fuzz
