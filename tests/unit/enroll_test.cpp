// A configuration's hash in the bytes of a loader.
#include "runner/image/enroll.hpp"

#include <gtest/gtest.h>

#include "loader/core/enrolled_hash.hpp"

namespace lintel::runner {
namespace {

const std::string mark(lintel::loader::enrolled_hash_mark.data(), lintel::loader::enrolled_hash_mark.size());
const std::string before(1000, 'b'), behind(1000, 'a');
const Blake2bHash hash = blake2b(as_bytes(std::string_view("timeout: 0\n")));

std::string with(const Blake2bHash& enrolled) {
    // Safety: any object can be read as characters.
    return before + mark + std::string(reinterpret_cast<const char*>(enrolled.data()), enrolled.size()) + behind;
}

TEST(Enroll, changes_the_hash_and_nothing_else) {
    std::string file = with({});
    EXPECT_TRUE(enroll(file, hash));
    EXPECT_EQ(file, with(hash));
    EXPECT_TRUE(enroll(file, {}));
    EXPECT_EQ(file, with({}));
}

TEST(Enroll, refuses_a_file_without_one_whole_place_and_leaves_it) {
    for (const std::string& wrong :
         {std::string(), before, before + mark, before + mark + std::string(63, '\0'), with({}) + with({})}) {
        std::string file = wrong;
        auto outcome = enroll(file, hash);
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().sentence,
                  "this is no BOOTX64.EFI of Lintel's: it has no place for a configuration's hash");
        EXPECT_EQ(file, wrong);
    }
}

}  // namespace
}  // namespace lintel::runner
