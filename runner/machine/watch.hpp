// Watches a machine until there is a verdict on it.
// Invariant: a verdict comes from the machine itself (its registers, its events), and the log only names the reason.
#pragma once

#include <functional>

#include "runner/host/signals.hpp"
#include "runner/machine/machine.hpp"

namespace lintel::runner {

enum class Verdict {
    halted,
    passed,  // said so through the isa-debug-exit device
    failed,  // likewise
    panicked,
    triple_fault,
    reset,
    switched_off,
    timed_out,
    loader_error,
    emulator_error,
    closed,
    interrupted
};

struct Conclusion {
    Verdict verdict;
    std::string detail;
};

/// Whether the machine stands still and can be looked at.
bool still_there(Verdict verdict);

struct WatchOptions {
    bool until_halt = false;  // a machine that has stopped for good ends the watch
    std::optional<Clock::time_point> deadline{};
    bool keyboard = false;                                  // passes standard input on to the serial line
    bool shares_interrupt = false;                          // Ctrl-C is meant for somebody else at the same terminal
    std::function<void(std::string_view)> raw{};            // gets the serial line's bytes
    std::function<void(std::string_view)> plain{};          // gets the same as plain text
    std::function<std::optional<Conclusion>()> finished{};  // something else that ends the watch, asked on each wake-up
};

Conclusion watch(Machine& machine, Signals& signals, const WatchOptions& options);

/// What a kernel writes to port 0xf4 to end the machine (QEMU's isa-debug-exit).
inline constexpr int passed_value = 0x10;
inline constexpr int failed_value = 0x11;

/// The verdict on an emulator that ended by itself with this exit status; nothing where no kernel asked for that.
std::optional<Conclusion> verdict_of_exit(int status);

Exit exit_code(Verdict verdict);

/// One sentence for the person.
std::string describe(const Conclusion& conclusion);

}  // namespace lintel::runner
