// Functions that one processor wants another one to call: a list without a lock, which anyone adds to and its owner
// empties.
// Invariant: a request lies in one queue at most, and its sender keeps it alive until it is done.
#pragma once

#include <atomic>

namespace lintel {

using CalledFunction = void (*)(void* context);

struct CallRequest {
    CalledFunction call;
    void* context;
    CallRequest* next = nullptr;
    std::atomic<bool> done = false;
};

class CallQueue {
public:
    /// Adds a request. Whether the queue was empty: then its owner has to be told.
    bool push(CallRequest& request);

    [[nodiscard]] bool empty() const { return newest_.load(std::memory_order_acquire) == nullptr; }

    /// Does what has been asked for until now, the oldest first.
    void serve();

private:
    std::atomic<CallRequest*> newest_ = nullptr;
};

}  // namespace lintel
