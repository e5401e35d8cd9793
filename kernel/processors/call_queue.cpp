#include "kernel/processors/call_queue.hpp"

namespace lintel {

bool CallQueue::push(CallRequest& request) {
    CallRequest* before = newest_.load(std::memory_order_relaxed);
    do request.next = before;
    while (!newest_.compare_exchange_weak(before, &request, std::memory_order_release, std::memory_order_relaxed));
    return before == nullptr;
}

void CallQueue::serve() {
    CallRequest* oldest = nullptr;
    for (CallRequest* request = newest_.exchange(nullptr, std::memory_order_acquire); request != nullptr;) {
        CallRequest* const older = request->next;
        request->next = oldest;
        oldest = request;
        request = older;
    }
    while (oldest != nullptr) {
        CallRequest& request = *oldest;
        oldest = request.next;  // first: once it is done, the request is gone
        request.call(request.context);
        request.done.store(true, std::memory_order_release);
    }
}

}  // namespace lintel
