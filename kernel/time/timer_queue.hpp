// Functions to be called at a time to come, in the order of their times.
// Invariant: pure; a timer is in one queue at most, and its owner keeps it alive as long as it is in one.
#pragma once

#include <optional>

#include "kernel/time/instant.hpp"

namespace lintel {

class ProcessorTimers;
class TimerQueue;

struct Timer {
    using Function = void (*)(void* context);

    constexpr Timer(Function function, void* argument) : fire(function), context(argument) {}
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    Function fire;
    void* context;

private:
    friend class TimerQueue;
    friend class ProcessorTimers;
    Instant when_{};
    TimerQueue* queue_ = nullptr;  // that it waits in
    Timer* next_ = nullptr;
    ProcessorTimers* home_ = nullptr;  // who started it last
};

/// Sorted, so that the next one is found at once; adding takes as long as there are timers before the new one.
class TimerQueue {
public:
    /// Adds a timer that waits in no queue. Of two with the same time the one that was added first is due first.
    void add(Timer& timer, Instant when);

    /// Takes a timer out; false where it does not wait in this queue.
    bool remove(Timer& timer);

    /// Takes the first one out that is due.
    Timer* take_due(Instant now);

    /// When the next one is due.
    [[nodiscard]] std::optional<Instant> next() const;

private:
    Timer* first_ = nullptr;
};

}  // namespace lintel
