#include "kernel/sync/lock_order.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace lintel {
namespace {

class Order : public testing::Test {
protected:
    unsigned number(std::string_view name) { return order.number_of(name).value(); }

    LockOrder order;
};

TEST_F(Order, a_name_has_one_number) {
    const unsigned a = number("a");
    EXPECT_NE(number("b"), a);
    EXPECT_EQ(number("a"), a);
    EXPECT_EQ(order.name(a), "a");
}

TEST_F(Order, one_order_can_be_kept_for_ever) {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(order.record(number("a"), number("b")));
}

TEST_F(Order, the_other_way_around_is_refused) {
    ASSERT_TRUE(order.record(number("a"), number("b")));
    EXPECT_FALSE(order.record(number("b"), number("a")));
}

TEST_F(Order, what_was_refused_is_not_recorded) {
    ASSERT_TRUE(order.record(number("a"), number("b")));
    ASSERT_FALSE(order.record(number("b"), number("a")));
    EXPECT_TRUE(order.record(number("a"), number("b")));
    EXPECT_FALSE(order.record(number("b"), number("a")));
}

TEST_F(Order, a_circle_of_many_is_refused) {
    constexpr std::string_view names[] = {"a", "b", "c", "d", "e"};
    for (std::size_t i = 0; i + 1 < std::size(names); ++i)
        ASSERT_TRUE(order.record(number(names[i]), number(names[i + 1])));
    EXPECT_FALSE(order.record(number("e"), number("a")));
    EXPECT_TRUE(order.record(number("a"), number("e"))) << "a shorter way in the same direction";
}

TEST_F(Order, a_circle_is_refused_in_whatever_order_the_names_came) {
    const unsigned d = number("d"), c = number("c"), b = number("b"), a = number("a");
    ASSERT_TRUE(order.record(a, b));
    ASSERT_TRUE(order.record(b, c));
    ASSERT_TRUE(order.record(c, d));
    EXPECT_FALSE(order.record(d, a));
}

TEST_F(Order, the_way_around_can_be_told) {
    ASSERT_TRUE(order.record(number("a"), number("b")));
    ASSERT_TRUE(order.record(number("b"), number("c")));
    ASSERT_TRUE(order.record(number("a"), number("aside")));
    EXPECT_EQ(order.next_on_way(number("a"), number("c")), number("b"));
    EXPECT_EQ(order.next_on_way(number("b"), number("c")), number("c"));
}

TEST_F(Order, two_of_one_name_are_refused) { EXPECT_FALSE(order.record(number("a"), number("a"))); }

TEST_F(Order, locks_that_never_meet_have_no_order) {
    ASSERT_TRUE(order.record(number("a"), number("b")));
    ASSERT_TRUE(order.record(number("a"), number("c")));
    EXPECT_TRUE(order.record(number("c"), number("b")));
}

TEST_F(Order, there_is_room_for_as_many_names_as_it_says) {
    std::vector<std::string> names;
    for (unsigned i = 0; i <= LockOrder::most_names; ++i) names.push_back("lock " + std::to_string(i));
    for (unsigned i = 0; i < LockOrder::most_names; ++i) EXPECT_EQ(order.number_of(names[i]), i);
    EXPECT_EQ(order.number_of(names.back()), std::nullopt);
    // The last bit is as good as the first.
    EXPECT_TRUE(order.record(LockOrder::most_names - 1, 0));
    EXPECT_FALSE(order.record(0, LockOrder::most_names - 1));
}

TEST_F(Order, of_two_that_take_them_both_ways_at_once_one_is_refused) {
    for (int i = 0; i < 200; ++i) {
        LockOrder contended;
        const unsigned a = *contended.number_of("a");
        const unsigned b = *contended.number_of("b");
        bool forth = false;
        bool back = false;
        {
            const std::jthread one([&] { forth = contended.record(a, b); });
            const std::jthread other([&] { back = contended.record(b, a); });
        }
        ASSERT_NE(forth, back);
    }
}

}  // namespace
}  // namespace lintel
