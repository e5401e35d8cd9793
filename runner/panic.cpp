// A bug of the runner's own, found by code that it shares with the loader: says so and stops.
#include <fmt/format.h>

#include <cstdlib>

#include "base/result.hpp"

namespace lintel {

void panic(std::string_view why, std::source_location where) {
    fmt::print(stderr, "lintel: this is a bug in the runner: {} ({}:{})\n", why, where.file_name(), where.line());
    std::abort();
}

}  // namespace lintel
