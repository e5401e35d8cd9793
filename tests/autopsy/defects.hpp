// Ways to fail, each one defect.
// Invariant: a defect's function contains nothing but the defect, so that its name must be in the autopsy.
#pragma once

#include <cstdint>

namespace defects {

void null_pointer();
void recursion();  // without end
void divide();
void write_rodata();
void call_data();
void call_null();
void call_garbage();
void wild_pointer();
void non_canonical_pointer();
void physical_pointer();
void beyond_direct_map();
void trap();
void spin_forever();
void acquire_lock();
void wander();
void say_panic();
void panic_and_spin();
void spin_without_a_word();  // what it had to say is in its log in memory
void crash_without_a_word();
void spin_with_a_broken_log();
void pass();
void fail();
void end_with_value();
void reset();
void halt();

}  // namespace defects

// Those that no compiler would write.
extern "C" {
void use_sse();
void use_sse_with_task_switched();
void software_interrupt();
void return_to_garbage();
void load_bad_selector();
void empty_idt();
void exception_storm();
void wait_with_interrupts_on();
void on_guarded_stack(void (*function)());

void out8(std::uint16_t port, std::uint8_t value);
[[noreturn]] void stop();
}
