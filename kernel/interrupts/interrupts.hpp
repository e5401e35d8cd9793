// Interrupts: which function is called for which vector, on whichever processor it comes.
// Invariant: a handler runs with interrupts masked, and the controller hears of its end after it has returned.
#pragma once

#include <cstdint>
#include <string_view>

#include "arch/traps.hpp"
#include "base/result.hpp"

namespace lintel {

using InterruptHandler = void (*)(void* context);

/// Vectors whose numbers are fixed: the higher, the more urgent (Intel SDM vol. 3A, 11.8.3.1).
inline constexpr unsigned first_device_vector = 0x30;
inline constexpr unsigned last_device_vector = 0xdf;
inline constexpr unsigned timer_vector = 0xe0;
inline constexpr unsigned call_vector = 0xf0;  // from another processor: do something
inline constexpr unsigned spurious_vector = 0xff;

/// Has `handler` called with `context` for each interrupt of that vector. `name` says in lists what it is, and must
/// stay. Panics where the vector is taken.
void set_interrupt_handler(unsigned vector, std::string_view name, InterruptHandler handler, void* context = nullptr);

/// The same for a vector that nobody else has: its number. Fails where all are taken.
Result<unsigned> add_interrupt_handler(std::string_view name, InterruptHandler handler, void* context = nullptr);

/// Called for each trap that is an interrupt. One without a handler is counted and logged once.
void handle_interrupt(unsigned vector);

/// One line of a list of interrupts.
struct InterruptCount {
    unsigned vector;
    std::string_view name;  // empty where nobody handles it
    std::uint64_t count;    // since boot, on all processors
};

/// Calls `visit(InterruptCount)` for each vector that has a handler or has come.
void for_each_interrupt(void (*visit)(const InterruptCount&, void*), void* context);

}  // namespace lintel
