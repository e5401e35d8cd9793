// Signals as something to poll(): the one place that knows about handlers.
// Invariant: from construction on, SIGINT, SIGTERM, SIGHUP and SIGCHLD end nothing by themselves.
#pragma once

#include <optional>

#include "runner/host/failure.hpp"

namespace lintel::runner {

class Signals {
public:
    /// Starts listening, for the rest of the program.
    static Outcome<Signals> listen();

    /// Readable when a signal has come.
    [[nodiscard]] int descriptor() const { return reading_; }

    /// The next signal that asks the runner to end; nothing where none has come. SIGCHLD only wakes the poll.
    std::optional<int> take();

private:
    explicit Signals(int reading) : reading_(reading) {}
    int reading_;
};

}  // namespace lintel::runner
