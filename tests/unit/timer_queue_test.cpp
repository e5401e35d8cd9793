// Timers in the order of their times.
#include "kernel/time/timer_queue.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>

namespace lintel {
namespace {

Instant at(int microseconds) { return Instant(Duration::microseconds(microseconds)); }

TEST(TimerQueues, an_empty_one_has_nothing_due) {
    TimerQueue queue;
    EXPECT_FALSE(queue.next());
    EXPECT_EQ(queue.take_due(at(1000)), nullptr);
}

TEST(TimerQueues, what_is_due_comes_in_order_and_nothing_else) {
    TimerQueue queue;
    Timer late(nullptr, nullptr), early(nullptr, nullptr), middle(nullptr, nullptr);
    queue.add(late, at(30));
    queue.add(early, at(10));
    queue.add(middle, at(20));
    EXPECT_EQ(queue.next(), at(10));
    EXPECT_EQ(queue.take_due(at(9)), nullptr);
    EXPECT_EQ(queue.take_due(at(20)), &early);
    EXPECT_EQ(queue.take_due(at(20)), &middle);
    EXPECT_EQ(queue.take_due(at(20)), nullptr);
    EXPECT_EQ(queue.next(), at(30));
}

TEST(TimerQueues, equal_times_keep_the_order_of_adding) {
    TimerQueue queue;
    Timer first(nullptr, nullptr), second(nullptr, nullptr), third(nullptr, nullptr);
    queue.add(first, at(5));
    queue.add(second, at(5));
    queue.add(third, at(5));
    EXPECT_EQ(queue.take_due(at(5)), &first);
    EXPECT_EQ(queue.take_due(at(5)), &second);
    EXPECT_EQ(queue.take_due(at(5)), &third);
}

TEST(TimerQueues, a_removed_timer_is_gone_and_can_be_added_again) {
    TimerQueue queue, other;
    Timer timer(nullptr, nullptr), neighbour(nullptr, nullptr);
    queue.add(timer, at(5));
    queue.add(neighbour, at(6));
    EXPECT_FALSE(other.remove(timer));
    EXPECT_TRUE(queue.remove(timer));
    EXPECT_FALSE(queue.remove(timer));
    EXPECT_EQ(queue.next(), at(6));
    queue.add(timer, at(7));
    EXPECT_TRUE(queue.remove(timer)) << "from the end as well";
    EXPECT_EQ(queue.take_due(at(9)), &neighbour);
    EXPECT_FALSE(queue.remove(neighbour)) << "it has fired";
}

TEST(TimerQueuesDeathTest, a_timer_is_in_one_queue_at_most) {
    TimerQueue queue;
    Timer timer(nullptr, nullptr);
    queue.add(timer, at(5));
    EXPECT_DEATH(queue.add(timer, at(6)), "a timer is started twice");
}

TEST(TimerQueues, do_what_a_sorted_map_does) {
    std::mt19937 random(9);
    TimerQueue queue;
    std::deque<Timer> timers;
    for (int i = 0; i < 50; ++i) timers.emplace_back(nullptr, nullptr);
    std::multimap<Instant, Timer*> model;
    int now = 0;
    for (int round = 0; round < 20000; ++round) {
        Timer& timer = timers[random() % timers.size()];
        auto known = std::find_if(model.begin(), model.end(), [&](auto& entry) { return entry.second == &timer; });
        if (random() % 3 == 0) {
            EXPECT_EQ(queue.remove(timer), known != model.end());
            if (known != model.end()) model.erase(known);
        } else if (known == model.end()) {
            const Instant when = at(now + static_cast<int>(random() % 100));
            queue.add(timer, when);
            model.emplace(when, &timer);
        }
        now += static_cast<int>(random() % 3);
        while (Timer* due = queue.take_due(at(now))) {
            ASSERT_FALSE(model.empty());
            EXPECT_EQ(due, model.begin()->second);
            EXPECT_LE(model.begin()->first, at(now));
            model.erase(model.begin());
        }
        EXPECT_EQ(queue.next(), model.empty() ? std::nullopt : std::optional(model.begin()->first));
    }
}

}  // namespace
}  // namespace lintel
