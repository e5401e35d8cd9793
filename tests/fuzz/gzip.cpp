// Gzip files.
// The input: the file.
#include "loader/core/gzip.hpp"

#include "tests/fuzz/fuzz.hpp"

namespace lintel::fuzz {

using namespace lintel::loader;

void try_input(Bytes input) {
    auto content = copy_of(input);
    auto file = GzipFile::parse(content);
    if (!file) return check_error(file.error());
    ensure(file->member().size() <= content.size(), "a member is no larger than its file");
    // A repetition takes two bits at least and gives 258 bytes at most.
    ensure(file->size() <= content.size() * 4 * 258, "contents are bounded by what they were compressed to");
    std::vector<std::byte> contents(file->size());
    if (auto done = file->decompress(contents); !done) check_error(done.error());
}

}  // namespace lintel::fuzz
