// panic() for tests on the host: says why and aborts, so that a death test can look for the sentence.
#include <cstdio>
#include <cstdlib>

#include "base/result.hpp"

namespace lintel {

void panic(std::string_view why, std::source_location where) {
    std::fprintf(stderr, "panic: %.*s (%s:%u)\n", static_cast<int>(why.size()), why.data(), where.file_name(),
                 static_cast<unsigned>(where.line()));
    std::abort();
}

}  // namespace lintel
