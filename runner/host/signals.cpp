// The self-pipe trick: a handler writes the signal's number into a pipe.
// Invariant: the handler does nothing but write(), which is async-signal-safe, and keeps errno.
#include "runner/host/signals.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace lintel::runner {

namespace {

int pipe_end = -1;

void pass_on(int number) {
    int kept = errno;
    auto byte = static_cast<unsigned char>(number);
    [[maybe_unused]] ssize_t written = ::write(pipe_end, &byte, 1);
    errno = kept;
}

}  // namespace

Outcome<Signals> Signals::listen() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
        return refuse("cannot make a pipe: {}", std::strerror(errno));
    pipe_end = ends[1];
    struct sigaction action{};
    action.sa_handler = pass_on;
    action.sa_flags = SA_RESTART;
    for (int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::sigaction(number, &action, nullptr);
    // A reader of our output that goes away ("lintel run | head") shows up as a failed write.
    ::signal(SIGPIPE, SIG_IGN);
    return Signals(ends[0]);
}

std::optional<int> Signals::take() {
    unsigned char number = 0;
    while (::read(reading_, &number, 1) == 1)
        if (number != SIGCHLD) return number;
    return std::nullopt;
}

}  // namespace lintel::runner
