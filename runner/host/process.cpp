// fork and exec by hand: posix_spawn cannot tie the child's life to ours.
// Invariant: between fork and exec only async-signal-safe calls run.
#include "runner/host/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ranges>

#include "runner/host/signals.hpp"

extern char** environ;

namespace lintel::runner {

namespace {

struct Prepared {
    std::vector<char*> arguments;
    std::vector<std::string> settings;
    std::vector<char*> environment;
};

Prepared prepare(const Launch& launch) {
    Prepared prepared;
    // Safety: execve takes char* const[] for historical reasons and writes to none of them.
    for (const std::string& argument : launch.arguments)
        prepared.arguments.push_back(const_cast<char*>(argument.c_str()));
    prepared.arguments.push_back(nullptr);
    for (const auto& [name, value] : launch.environment) prepared.settings.push_back(name + "=" + value);
    for (char** entry = environ; *entry; ++entry) {
        std::string_view name = std::string_view(*entry).substr(0, std::string_view(*entry).find('='));
        bool replaced = std::ranges::any_of(launch.environment, [&](const auto& pair) { return pair.first == name; });
        if (!replaced) prepared.environment.push_back(*entry);
    }
    for (std::string& setting : prepared.settings) prepared.environment.push_back(setting.data());
    prepared.environment.push_back(nullptr);
    return prepared;
}

[[noreturn]] void become(const Launch& launch, const Prepared& prepared, pid_t parent, int report) {
    if (!launch.foreground) ::setpgid(0, 0);
#ifdef __linux__
    // SIGKILL of the runner itself leaves no machine behind.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (::getppid() != parent) ::_exit(127);

    // Signals that the runner waits for through its pipe are the child's own business again.
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD}) ::signal(number, SIG_DFL);

    const std::array<int, 3> streams = {launch.input, launch.output, launch.errors};
    for (int stream = 0; stream < 3; ++stream)
        if (streams[static_cast<std::size_t>(stream)] >= 0) ::dup2(streams[static_cast<std::size_t>(stream)], stream);
    for (int number : launch.inherited) ::fcntl(number, F_SETFD, 0);
    if (launch.folder.empty() || ::chdir(launch.folder.c_str()) == 0)
        ::execve(prepared.arguments[0], prepared.arguments.data(), prepared.environment.data());
    int reason = errno;
    [[maybe_unused]] ssize_t written = ::write(report, &reason, sizeof reason);
    ::_exit(127);
}

}  // namespace

Outcome<Process> Process::start(const Launch& launch) {
    std::array<int, 2> report{};
    if (::pipe2(report.data(), O_CLOEXEC) != 0) return refuse("cannot make a pipe: {}", std::strerror(errno));
    Descriptor reading(report[0]);
    Descriptor writing(report[1]);
    const Prepared prepared = prepare(launch);

    pid_t parent = ::getpid();
    pid_t id = ::fork();
    if (id < 0) return refuse("cannot start {}: {}", launch.arguments[0], std::strerror(errno));
    if (id == 0) become(launch, prepared, parent, writing.number());

    Process process(id);
    writing = Descriptor();
    int reason = 0;
    ssize_t count = 0;
    do count = ::read(reading.number(), &reason, sizeof reason);
    while (count < 0 && errno == EINTR);
    if (count > 0) return refuse("cannot start {}: {}", launch.arguments[0], std::strerror(reason));
    return process;
}

std::optional<int> Process::reap(int flags) {
    if (id_ < 0 || status_) return status_;
    int state = 0;
    pid_t ended = 0;
    do ended = ::waitpid(id_, &state, flags);
    while (ended < 0 && errno == EINTR);
    if (ended != id_) return status_;
    killed_ = WIFSIGNALED(state);
    status_ = killed_ ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
    return status_;
}

std::optional<int> Process::status() { return reap(WNOHANG); }

int Process::wait() { return reap(0).value_or(127); }

std::optional<int> Process::wait_for(std::chrono::milliseconds limit) {
    constexpr std::chrono::milliseconds interval(5);
    for (auto waited = interval; !status() && waited <= limit; waited += interval)
        ::poll(nullptr, 0, static_cast<int>(interval.count()));
    return status();
}

void Process::end() {
    if (id_ < 0 || status()) return;
    ::kill(id_, SIGTERM);
    if (!wait_for(std::chrono::seconds(1))) ::kill(id_, SIGKILL);
    wait();
}

Outcome<Finished> run(Launch launch) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return refuse("cannot make a pipe: {}", std::strerror(errno));
    Descriptor reading(ends[0]);
    Descriptor writing(ends[1]);
    Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (launch.input < 0) launch.input = nothing.number();
    launch.output = writing.number();
    if (launch.errors < 0) launch.errors = writing.number();
    Process process = TRY(Process::start(launch));
    writing = Descriptor();

    Finished finished{};
    std::array<char, 4096> piece;
    while (true) {
        std::array<pollfd, 2> places = {{{reading.number(), POLLIN, 0}, {interruption(), POLLIN, 0}}};
        ::poll(places.data(), places.size(), -1);
        TRY(go_on());
        if (places[0].revents == 0) continue;
        ssize_t count = ::read(reading.number(), piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        finished.text.append(piece.data(), static_cast<std::size_t>(count));
    }
    finished.status = process.wait();
    TRY(go_on());  // a terminal's Ctrl-C ends the program, too: that is no failure of its own
    return finished;
}

std::string last_lines(std::string_view text, std::size_t count) {
    std::vector<std::string_view> lines;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
        if (end > at) lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    auto kept = lines | std::views::drop(lines.size() > count ? lines.size() - count : 0);
    return fmt::format("{}", fmt::join(kept, "; "));
}

std::string shell_line(const std::vector<std::string>& arguments) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=,:+@%";
    std::string line;
    for (const std::string& argument : arguments) {
        if (!line.empty()) line += ' ';
        if (!argument.empty() && argument.find_first_not_of(plain) == std::string::npos) {
            line += argument;
            continue;
        }
        line += '\'';
        for (char c : argument) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
        line += '\'';
    }
    return line;
}

}  // namespace lintel::runner
