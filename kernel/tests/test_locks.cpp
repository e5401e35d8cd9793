// Locks: what they promise, and that the checks let everything pass that is right. What they catch is a panic, so
// tests of that run in machines of their own (tests/end_to_end).
#include <array>
#include <atomic>
#include <optional>

#include "arch/arch.hpp"
#include "kernel/checks.hpp"
#include "kernel/processors/calls.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/sync/spin_lock.hpp"
#include "kernel/tests/tests.hpp"

namespace lintel {
namespace {

constinit SpinLock outer("test of locks, outer");
constinit SpinLock inner("test of locks, inner");

void interrupts_are_masked_while_one_is_held() {
    {
        const Locked locked(outer);
        expect(!arch::interrupts_enabled(), "they are enabled");
    }
    expect(arch::interrupts_enabled(), "they stayed masked");
}

void interrupts_stay_masked_until_the_last_is_released() {
    {
        const Locked first(outer);
        {
            const Locked second(inner);
        }
        expect(!arch::interrupts_enabled(), "the inner lock enabled them");
    }
    {
        const InterruptsMasked masked;
        {
            const Locked locked(outer);
        }
        expect(!arch::interrupts_enabled(), "a lock enabled what it found masked");
    }
    expect(arch::interrupts_enabled(), "they stayed masked");
}

void a_free_lock_can_be_had_by_trying() {
    for (int i = 0; i < 3; ++i) {
        const LockedIfFree locked(outer);
        expect(static_cast<bool>(locked), "a free lock was refused");
        expect(!arch::interrupts_enabled(), "interrupts are enabled with the lock held");
    }
    const Locked locked(outer);  // would wait for ever
}

void a_held_lock_cannot_be_had_by_trying() {
    const Locked locked(outer);
    const LockedIfFree again(outer);
    expect(!again, "a held lock was given");
}

void trying_in_vain_leaves_the_lock_as_it_is() {
    {
        const Locked locked(outer);
        for (int i = 0; i < 3; ++i) static_cast<void>(LockedIfFree(outer));
        expect(!LockedIfFree(outer), "trying has released it");
    }
    const Locked locked(outer);  // would wait for ever
}

void another_processor_waits_until_it_is_released() {
    if (processor_count() == 1) return skip("it takes two processors");
    std::atomic<bool> waits = false;
    std::atomic<bool> has_it = false;
    std::atomic<bool> is_held = false;
    work_on_each([&] {
        if (this_processor().number == 0) {
            const Locked locked(outer);
            is_held = true;
            while (!waits) arch::wait_a_moment();
            for (int i = 0; i < 10000; ++i) arch::wait_a_moment();
            expect(!has_it, "two have it");
        } else if (this_processor().number == 1) {
            while (!is_held) arch::wait_a_moment();
            waits = true;
            const Locked locked(outer);
            has_it = true;
        }
    });
    expect(has_it, "it was never had");
}

void the_checks_know_what_is_held() {
    if constexpr (!checks) return skip("this kernel does not check its locks");
    expect(held_locks() == 0, "something is held at first");
    std::optional<Locked> first;
    std::optional<Locked> second;
    first.emplace(outer);
    second.emplace(inner);
    expect(held_locks() == 2, "not both are known");
    // In another order than the one that locks mostly have; interrupts are as the first has found them.
    const InterruptsMasked masked;
    first.reset();
    expect(held_locks() == 1, "what is released is still known");
    second.reset();
    expect(held_locks() == 0, "something is left");
}

void a_lock_that_is_held_for_long_is_reported_and_then_had() {
    if constexpr (!checks) return skip("this kernel does not check its locks");
    if (processor_count() == 1) return skip("it takes two processors");
    const std::uint64_t usual = set_lock_patience(1000);
    const unsigned before = long_waits();
    std::atomic<bool> is_held = false;
    std::atomic<bool> had = false;
    work_on_each([&] {
        if (this_processor().number == 0) {
            const Locked locked(outer);
            is_held = true;
            while (long_waits() == before) arch::wait_a_moment();
        } else if (this_processor().number == 1) {
            while (!is_held) arch::wait_a_moment();
            const Locked locked(outer);
            had = true;
        }
    });
    set_lock_patience(usual);
    expect(had, "it was never had");
}

constexpr std::array<KernelTest, 8> lock_list = {{
    {"locks: interrupts_are_masked_while_one_is_held", interrupts_are_masked_while_one_is_held},
    {"locks: interrupts_stay_masked_until_the_last_is_released", interrupts_stay_masked_until_the_last_is_released},
    {"locks: a_free_one_can_be_had_by_trying", a_free_lock_can_be_had_by_trying},
    {"locks: a_held_one_cannot_be_had_by_trying", a_held_lock_cannot_be_had_by_trying},
    {"locks: trying_in_vain_leaves_one_as_it_is", trying_in_vain_leaves_the_lock_as_it_is},
    {"locks: another_processor_waits_until_one_is_released", another_processor_waits_until_it_is_released},
    {"locks: the_checks_know_what_is_held", the_checks_know_what_is_held},
    {"locks: one_that_is_held_for_long_is_reported_and_then_had",
     a_lock_that_is_held_for_long_is_reported_and_then_had},
}};

}  // namespace

const std::span<const KernelTest> lock_tests = lock_list;

}  // namespace lintel
