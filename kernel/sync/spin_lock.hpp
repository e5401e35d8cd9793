// Mutual exclusion between processors: a ticket lock, so that who comes first goes first. In a virtual machine, where
// the first may be asleep while all others wait for it to take its turn, whoever is awake goes first. Invariant:
// whoever holds a lock has interrupts masked, so that no handler can wait for what it has interrupted.
#pragma once

#include <atomic>
#include <cstdint>
#include <source_location>
#include <string_view>

#include "arch/arch.hpp"
#include "kernel/checks.hpp"
#include "kernel/sync/lock_checks.hpp"

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
    /// Has all locks from here on wait in the way that suits this machine.
    static void suit_machine();

    /// `name` says in reports which lock it is, and must stay. Locks of one name are one in the order of locks.
    constexpr explicit SpinLock(std::string_view name) : name_(name) {}
    SpinLock(const SpinLock&) = delete;
    SpinLock& operator=(const SpinLock&) = delete;

    [[nodiscard]] std::string_view name() const { return name_; }
    /// For the checks.
    [[nodiscard]] LockState& state() { return state_; }

private:
    friend class Locked;
    friend class LockedIfFree;

    // All with interrupts masked.
    void lock(std::source_location at) {
        if constexpr (checks) check_before_lock(*this);
        if (!take_if_free()) [[unlikely]]
            wait();
        if constexpr (checks) note_lock(*this, at);
    }
    bool try_lock(std::source_location at) {
        if (!take_if_free()) return false;
        if constexpr (checks) note_lock(*this, at);
        return true;
    }
    bool take_if_free() {
        std::uint32_t ticket = serving_.load(std::memory_order_acquire);
        return next_.compare_exchange_strong(ticket, ticket + 1, std::memory_order_relaxed);
    }
    void unlock() {
        if constexpr (checks) check_before_unlock(*this);
        serving_.store(serving_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }

    void wait();
    template <class Done>
    void wait_until(Done done);

    std::string_view name_;
    std::atomic<std::uint32_t> next_ = 0;
    std::atomic<std::uint32_t> serving_ = 0;
    LockState state_{};
};

/// Holds a lock as long as it lives, with interrupts masked: `const Locked locked(lock);`. The last processor
/// (kernel/processors/stop.hpp) gets any lock: whoever held it has stopped.
class [[nodiscard]] Locked {
public:
    explicit Locked(SpinLock& lock, std::source_location at = std::source_location::current()) : lock_(lock) {
        lock_.lock(at);
    }
    ~Locked() { lock_.unlock(); }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;

private:
    InterruptsMasked masked_{};  // first made and last unmade
    SpinLock& lock_;
};

/// The same where nobody holds the lock; nothing otherwise: `if (const LockedIfFree locked(lock); locked) ...`.
class [[nodiscard]] LockedIfFree {
public:
    explicit LockedIfFree(SpinLock& lock, std::source_location at = std::source_location::current())
        : lock_(lock), holds_(lock.try_lock(at)) {}
    ~LockedIfFree() {
        if (holds_) lock_.unlock();
    }
    LockedIfFree(const LockedIfFree&) = delete;
    LockedIfFree& operator=(const LockedIfFree&) = delete;

    explicit operator bool() const { return holds_; }

private:
    InterruptsMasked masked_{};
    SpinLock& lock_;
    bool holds_;
};

}  // namespace lintel
