// The self-pipe trick: a handler writes the signal's number into a pipe.
// Invariant: the handler does nothing but write(), which is async-signal-safe, and keeps errno.
#include "runner/host/signals.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace lintel::runner {

namespace {

using Pipe = std::array<int, 2>;

// Apart, since who waits for a child must not swallow what everybody has to see.
Pipe ending_pipe = {-1, -1};
Pipe child_pipe = {-1, -1};

void pass_on(int number) {
    int kept = errno;
    auto byte = static_cast<unsigned char>(number);
    [[maybe_unused]] ssize_t written = ::write(number == SIGCHLD ? child_pipe[1] : ending_pipe[1], &byte, 1);
    errno = kept;
}

}  // namespace

Outcome<Signals> Signals::listen() {
    for (Pipe* pipe : {&ending_pipe, &child_pipe})
        if (::pipe2(pipe->data(), O_CLOEXEC | O_NONBLOCK) != 0)
            return refuse("cannot make a pipe: {}", std::strerror(errno));
    struct sigaction action{};
    action.sa_handler = pass_on;
    action.sa_flags = SA_RESTART;
    for (int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::sigaction(number, &action, nullptr);
    // A reader of our output that goes away ("lintel run | head") shows up as a failed write.
    ::signal(SIGPIPE, SIG_IGN);
    return Signals(child_pipe[0]);
}

void Signals::forget_children() {
    std::array<char, 64> told{};
    while (::read(children_, told.data(), told.size()) > 0) {
    }
}

std::optional<int> Signals::take() {
    unsigned char number = 0;
    if (::read(ending_pipe[0], &number, 1) != 1) return std::nullopt;
    return number;
}

int interruption() { return ending_pipe[0]; }

bool interrupted() {
    pollfd place{interruption(), POLLIN, 0};
    return ::poll(&place, 1, 0) > 0;
}

Outcome<void> go_on() {
    if (interrupted()) return std::unexpected(Failure{"interrupted", Exit::interrupted});
    return {};
}

}  // namespace lintel::runner
