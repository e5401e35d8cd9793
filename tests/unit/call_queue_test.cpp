#include "kernel/processors/call_queue.hpp"

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <thread>
#include <vector>

namespace lintel {
namespace {

/// What calls have appended, in their order.
struct Step {
    std::vector<int>* to;
    int number;

    static void take(void* context) {
        auto& self = *static_cast<Step*>(context);
        self.to->push_back(self.number);
    }
};

TEST(CallQueue, the_oldest_is_done_first) {
    std::vector<int> done;
    std::array<Step, 3> steps = {{{&done, 1}, {&done, 2}, {&done, 3}}};
    std::array<CallRequest, 3> requests = {{{Step::take, &steps[0]}, {Step::take, &steps[1]}, {Step::take, &steps[2]}}};
    CallQueue queue;
    for (CallRequest& request : requests) queue.push(request);
    queue.serve();
    EXPECT_EQ(done, (std::vector{1, 2, 3}));
}

TEST(CallQueue, only_the_first_push_needs_to_tell) {
    CallQueue queue;
    CallRequest one{[](void*) {}, nullptr};
    CallRequest two{[](void*) {}, nullptr};
    EXPECT_TRUE(queue.empty());
    EXPECT_TRUE(queue.push(one));
    EXPECT_FALSE(queue.push(two));
    EXPECT_FALSE(queue.empty());
    queue.serve();
    EXPECT_TRUE(queue.empty());
    CallRequest three{[](void*) {}, nullptr};
    EXPECT_TRUE(queue.push(three));
    queue.serve();
}

TEST(CallQueue, a_request_is_done_after_its_call_and_not_before) {
    CallQueue queue;
    bool was_done = true;
    CallRequest request{nullptr, nullptr};
    struct Look {
        CallRequest* request;
        bool* was_done;
    } look{&request, &was_done};
    request.call = [](void* context) {
        auto& at = *static_cast<Look*>(context);
        *at.was_done = at.request->done;
    };
    request.context = &look;
    queue.push(request);
    EXPECT_FALSE(request.done);
    queue.serve();
    EXPECT_FALSE(was_done);
    EXPECT_TRUE(request.done);
}

TEST(CallQueue, what_is_asked_for_meanwhile_stays_for_the_next_time) {
    static CallQueue queue;
    static CallRequest second{[](void*) {}, nullptr};
    CallRequest first{[](void*) { queue.push(second); }, nullptr};
    queue.push(first);
    queue.serve();
    EXPECT_FALSE(second.done);
    queue.serve();
    EXPECT_TRUE(second.done);
}

TEST(CallQueue, nothing_is_lost_when_many_push_while_one_serves) {
    constexpr int senders = 4;
    constexpr int each = 2000;
    CallQueue queue;
    std::atomic<int> done = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < senders; ++i)
            threads.emplace_back([&] {
                std::deque<CallRequest> requests;
                for (int j = 0; j < each; ++j)
                    queue.push(
                        requests.emplace_back([](void* count) { ++*static_cast<std::atomic<int>*>(count); }, &done));
                for (const CallRequest& request : requests)
                    while (!request.done) std::this_thread::yield();
            });
        while (done < senders * each) {
            queue.serve();
            std::this_thread::yield();
        }
    }
    EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace lintel
