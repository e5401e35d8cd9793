#include "kernel/time/timer_queue.hpp"

#include "base/result.hpp"

namespace lintel {

void TimerQueue::add(Timer& timer, Instant when) {
    ensure(timer.queue_ == nullptr, "a timer is started twice");
    Timer** at = &first_;
    while (*at != nullptr && (*at)->when_ <= when) at = &(*at)->next_;
    timer.when_ = when;
    timer.queue_ = this;
    timer.next_ = *at;
    *at = &timer;
}

bool TimerQueue::remove(Timer& timer) {
    if (timer.queue_ != this) return false;
    Timer** at = &first_;
    while (*at != &timer) at = &(*at)->next_;
    *at = timer.next_;
    timer.queue_ = nullptr;
    return true;
}

Timer* TimerQueue::take_due(Instant now) {
    Timer* due = first_;
    if (due == nullptr || due->when_ > now) return nullptr;
    first_ = due->next_;
    due->queue_ = nullptr;
    return due;
}

std::optional<Instant> TimerQueue::next() const {
    if (first_ == nullptr) return std::nullopt;
    return first_->when_;
}

}  // namespace lintel
