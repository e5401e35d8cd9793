// How the runner fails towards the person who typed the command: one sentence and the exit code.
// Invariant: a sentence names the thing and, where there is one, the remedy; it needs no context to be understood.
#pragma once

#include <fmt/format.h>

#include <expected>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace lintel::runner {

/// Exit codes of the command. Scripts rely on them: `lintel help codes` and docs/runner.md list them.
enum class Exit : int {
    success = 0,         // the command did what it was asked; for --until-halt: the kernel sits in its halt loop
    failed = 1,          // the kernel reported a failure, tests failed, or a check found faults
    refused = 2,         // a wrong argument, or something missing on this machine
    panicked = 3,        // the kernel panicked
    reset = 4,           // the machine reset (a triple fault does that) or switched itself off
    timed_out = 5,       // the time limit passed first
    loader_error = 6,    // the boot loader stopped before the kernel started
    emulator_error = 7,  // QEMU itself failed while the machine ran
    no_verdict = 8,      // the kernel halted where it was to say whether it passed
    interrupted = 130,   // Ctrl-C, as shells count it
};

struct Failure {
    std::string sentence;
    Exit code = Exit::refused;
};

template <class T>
using Outcome = std::expected<T, Failure>;

template <class... Arguments>
std::unexpected<Failure> refuse(fmt::format_string<Arguments...> sentence, Arguments&&... arguments) {
    return std::unexpected(Failure{fmt::format(sentence, std::forward<Arguments>(arguments)...)});
}

}  // namespace lintel::runner
