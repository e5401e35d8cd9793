// Keys that wait to be read.
#include "kernel/input/key_queue.hpp"

#include <gtest/gtest.h>

namespace lintel {
namespace {

KeyPress letter(std::size_t number) { return KeyPress::of_byte(static_cast<char>('a' + number % 26)); }

TEST(KeyQueues, an_empty_one_has_no_key) {
    KeyQueue queue;
    EXPECT_FALSE(queue.pop());
}

TEST(KeyQueues, keys_keep_their_order_however_often_it_goes_round) {
    KeyQueue queue;
    std::size_t written = 0, read = 0;
    for (int round = 0; round < 50; ++round) {
        for (int i = 0; i < 17; ++i) ASSERT_TRUE(queue.push(letter(written++)));
        for (int i = 0; i < 17; ++i) ASSERT_EQ(queue.pop(), letter(read++));
    }
    EXPECT_FALSE(queue.pop());
}

TEST(KeyQueues, what_does_not_fit_is_refused_and_the_rest_stays) {
    KeyQueue queue;
    for (std::size_t i = 0; i < KeyQueue::capacity; ++i) ASSERT_TRUE(queue.push(letter(i)));
    EXPECT_FALSE(queue.push(Key::enter));
    for (std::size_t i = 0; i < KeyQueue::capacity; ++i) ASSERT_EQ(queue.pop(), letter(i));
    EXPECT_FALSE(queue.pop());
    EXPECT_TRUE(queue.push(Key::enter));
    EXPECT_EQ(queue.pop(), Key::enter);
}

}  // namespace
}  // namespace lintel
