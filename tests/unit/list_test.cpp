#include "base/list.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace lintel {
namespace {

TEST(List, refuses_what_its_storage_cannot_hold) {
    std::array<int, 2> storage;
    List<int> list(storage);
    EXPECT_TRUE(list.push(1));
    EXPECT_TRUE(list.push(2));
    EXPECT_FALSE(list.push(3));
    EXPECT_FALSE(list.insert(0, 3));
    EXPECT_EQ(std::vector<int>(list.begin(), list.end()), (std::vector{1, 2}));
}

TEST(List, insert_keeps_the_order_of_the_rest) {
    std::array<int, 4> storage;
    List<int> list(storage);
    for (int i : {1, 3}) ASSERT_TRUE(list.push(i));
    ASSERT_TRUE(list.insert(1, 2));
    ASSERT_TRUE(list.insert(3, 4));
    EXPECT_EQ(std::vector<int>(list.begin(), list.end()), (std::vector{1, 2, 3, 4}));
}

}  // namespace
}  // namespace lintel
