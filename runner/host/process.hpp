// Programs that the runner starts.
// Invariant: a started program does not outlive its Process, nor the runner itself where the host can arrange that.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runner/host/failure.hpp"
#include "runner/host/files.hpp"

namespace lintel::runner {

struct Launch {
    std::vector<std::string> arguments{};  // the program first
    std::vector<std::pair<std::string, std::string>> environment{};
    fs::path folder{};
    int input = -1;  // what becomes its standard input and so on; -1 leaves ours
    int output = -1;
    int errors = -1;
    std::vector<int> inherited{};  // descriptors that it gets under the same number
    bool foreground = true;        // false: a process group of its own, which the terminal's Ctrl-C does not reach
};

class Process {
public:
    static Outcome<Process> start(const Launch& launch);
    Process(Process&& other) noexcept
        : id_(std::exchange(other.id_, -1)), status_(other.status_), killed_(other.killed_) {}
    Process& operator=(Process&& other) noexcept {
        std::swap(id_, other.id_);
        std::swap(status_, other.status_);
        std::swap(killed_, other.killed_);
        return *this;
    }
    ~Process() { end(); }

    /// The exit status as a shell shows it (128 + signal); nothing while it runs.
    std::optional<int> status();
    int wait();
    /// Whether a signal has ended it.
    [[nodiscard]] bool killed() const { return killed_; }
    /// Gives it `limit` to end by itself.
    std::optional<int> wait_for(std::chrono::milliseconds limit);

    /// Ends it: asks first (SIGTERM), insists after a second.
    void end();

private:
    explicit Process(pid_t id) : id_(id) {}
    std::optional<int> reap(int flags);

    pid_t id_ = -1;
    std::optional<int> status_{};
    bool killed_ = false;
};

struct Finished {
    int status;
    std::string text;  // standard output and error together
};

/// Runs to the end without a terminal, and collects what it says; ends it early once the runner is to end. Its standard
/// input is empty unless `launch.input` is set; where `launch.errors` is set, its standard error goes there instead.
Outcome<Finished> run(Launch launch);

/// The last `count` non-empty lines of `text`, joined with "; ".
std::string last_lines(std::string_view text, std::size_t count);

/// The arguments as one line that a shell reads back as the same arguments.
std::string shell_line(const std::vector<std::string>& arguments);

}  // namespace lintel::runner
