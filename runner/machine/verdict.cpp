// The verdicts in words and numbers.
// Invariant: each has one sentence of its own; scripts rely on the words before the first colon.
#include "runner/machine/watch.hpp"

namespace lintel::runner {

// QEMU ends with (value << 1) | 1, of which the host keeps 8 bits.
std::optional<Conclusion> verdict_of_exit(int status) {
    if (status % 2 == 0) return std::nullopt;
    const int value = status >> 1;
    if (value == passed_value) return Conclusion{Verdict::passed, ""};
    if (value == failed_value) return Conclusion{Verdict::failed, ""};
    return Conclusion{Verdict::failed, fmt::format("the kernel ended the machine with the value {:#x}", value)};
}

bool still_there(Verdict verdict) {
    return verdict == Verdict::halted || verdict == Verdict::panicked || verdict == Verdict::loader_error ||
           verdict == Verdict::timed_out || verdict == Verdict::triple_fault || verdict == Verdict::reset;
}

Exit exit_code(Verdict verdict) {
    switch (verdict) {
        case Verdict::halted:
        case Verdict::passed:
        case Verdict::closed:
            return Exit::success;
        case Verdict::failed:
            return Exit::failed;
        case Verdict::panicked:
            return Exit::panicked;
        case Verdict::triple_fault:
        case Verdict::reset:
        case Verdict::switched_off:
            return Exit::reset;
        case Verdict::timed_out:
            return Exit::timed_out;
        case Verdict::loader_error:
            return Exit::loader_error;
        case Verdict::emulator_error:
            return Exit::emulator_error;
        case Verdict::interrupted:
            return Exit::interrupted;
    }
    return Exit::emulator_error;
}

std::string describe(const Conclusion& conclusion) {
    std::string detail = conclusion.detail.empty() ? "" : ": " + conclusion.detail;
    switch (conclusion.verdict) {
        case Verdict::halted:
            return "halted: the kernel sits in its halt loop, with interrupts off";
        case Verdict::closed:
            return "closed: the machine was switched off from outside";
        case Verdict::panicked:
            return "panicked" + detail;
        case Verdict::passed:
            return "passed: the kernel said so";
        case Verdict::failed:
            return "failed" + (detail.empty() ? ": the kernel said so" : detail);
        case Verdict::triple_fault:
            return "triple fault" + (detail.empty() ? ": an exception that nobody handled" : detail);
        case Verdict::reset:
            return "reset: the machine reset itself, and not by a triple fault";
        case Verdict::switched_off:
            return "off: the machine switched itself off";
        case Verdict::timed_out:
            return "timed out: no verdict within the time limit (see --timeout)" +
                   (conclusion.detail.empty() ? "" : "; " + conclusion.detail);
        case Verdict::loader_error:
            return "loader error" + (detail.empty() ? ": it halted before the kernel" : detail);
        case Verdict::emulator_error:
            return "emulator error: QEMU failed" + detail;
        case Verdict::interrupted:
            return "interrupted";
    }
    return "";
}

}  // namespace lintel::runner
