// Signals as something to poll() and to ask about: the one place that knows about handlers.
// Invariant: from listen() on, SIGINT, SIGTERM and SIGHUP end nothing by themselves. What takes long asks go_on() and
// fails, so that everything that is temporary goes away with its owner.
#pragma once

#include <optional>

#include "runner/host/failure.hpp"

namespace lintel::runner {

class Signals {
public:
    /// Starts listening, for the rest of the program.
    static Outcome<Signals> listen();

    /// Readable when a child may have ended.
    [[nodiscard]] int children() const { return children_; }
    /// Forgets what children() has told so far.
    void forget_children();

    /// The signal that asks the runner to end; nothing where none has come. Taken, it is dealt with: what follows may
    /// take its time.
    std::optional<int> take();

private:
    explicit Signals(int children) : children_(children) {}
    int children_;
};

/// Readable while a signal that asks the runner to end has come and nobody has taken it. Negative, which poll() passes
/// over, where the program does not listen.
int interruption();

bool interrupted();

/// A failure once the runner is to end.
Outcome<void> go_on();

}  // namespace lintel::runner
