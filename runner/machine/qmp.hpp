// A client of QEMU's machine protocol (QMP) over a connected socket.
// Invariant: every wait has a deadline; an event that arrives during one is kept for take_events().
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "runner/host/files.hpp"

namespace lintel::runner {

using Clock = std::chrono::steady_clock;

struct QmpEvent {
    std::string name;    // "SHUTDOWN"
    std::string reason;  // of a shutdown: "guest-reset"; otherwise empty
};

class Qmp {
public:
    explicit Qmp(Descriptor socket) : socket_(std::move(socket)) {}

    /// For a client that QEMU was told to wait for: connects to its listening socket.
    static Outcome<Qmp> connect(const fs::path& socket);

    /// Takes QEMU's greeting and leaves negotiation mode. Needed once, first.
    Outcome<void> greet(Clock::time_point deadline);

    /// Runs a command; `arguments` and the result are JSON.
    Outcome<std::string> execute(std::string_view command, std::string_view arguments, Clock::time_point deadline);

    /// Runs a command of the human monitor and returns what it prints.
    Outcome<std::string> human(std::string_view line, Clock::time_point deadline);

    /// Saves what the screen shows; the file's suffix, .png or .ppm, is its format.
    Outcome<void> screenshot(const fs::path& file, Clock::time_point deadline);

    /// Presses keys, all at once, by QEMU's names: "down", "ret".
    Outcome<void> press(const std::vector<std::string>& keys, Clock::time_point deadline);

    /// Reads what has arrived. False once QEMU has closed the connection.
    bool pump();

    std::vector<QmpEvent> take_events() { return std::exchange(events_, {}); }
    [[nodiscard]] int descriptor() const { return socket_.number(); }

private:
    Outcome<std::string> reply(std::string_view command, Clock::time_point deadline);
    void take_line(std::string_view line);

    Descriptor socket_;
    std::string pending_{};               // an unfinished line
    std::vector<std::string> replies_{};  // "return" and "error" objects, in order
    std::vector<QmpEvent> events_{};
    bool greeted_ = false;
};

}  // namespace lintel::runner
