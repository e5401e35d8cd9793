// Mutual exclusion between processors: a ticket lock, so that who comes first goes first.
// Invariant: whoever holds a lock has interrupts masked, so that no handler can wait for what it has interrupted.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "arch/arch.hpp"

namespace lintel {

/// Keeps interrupts from this processor as long as it lives; they can be nested.
class InterruptsMasked {
public:
    InterruptsMasked() : were_enabled_(arch::interrupts_enabled()) { arch::disable_interrupts(); }
    ~InterruptsMasked() {
        if (were_enabled_) arch::enable_interrupts();
    }
    InterruptsMasked(const InterruptsMasked&) = delete;
    InterruptsMasked& operator=(const InterruptsMasked&) = delete;

private:
    bool were_enabled_;
};

class SpinLock {
public:
    /// `name` says in reports which lock it is, and must stay. Locks of one name are one in the order of locks.
    constexpr explicit SpinLock(std::string_view name) : name_(name) {}
    SpinLock(const SpinLock&) = delete;
    SpinLock& operator=(const SpinLock&) = delete;

    [[nodiscard]] std::string_view name() const { return name_; }

private:
    friend class Locked;

    /// With interrupts masked.
    void lock() {
        const std::uint32_t ticket = next_.fetch_add(1, std::memory_order_relaxed);
        while (serving_.load(std::memory_order_acquire) != ticket) arch::wait_a_moment();
    }
    void unlock() { serving_.store(serving_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

    std::string_view name_;
    std::atomic<std::uint32_t> next_ = 0;
    std::atomic<std::uint32_t> serving_ = 0;
};

/// Holds a lock as long as it lives, with interrupts masked: `const Locked locked(lock);`.
class [[nodiscard]] Locked {
public:
    explicit Locked(SpinLock& lock) : lock_(lock) { lock_.lock(); }
    ~Locked() { lock_.unlock(); }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;

private:
    InterruptsMasked masked_{};  // first made and last unmade
    SpinLock& lock_;
};

}  // namespace lintel
