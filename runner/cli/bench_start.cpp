// `lintel bench start`: how much later the kernel says its first word under `lintel run` than under QEMU alone.
// Invariant: QEMU gets the same arguments either way, and all that it reads is there before its clock starts. The two
// take turns, so that both see the same load of the host.
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "runner/cli/command_line.hpp"
#include "runner/cli/setup.hpp"
#include "runner/host/process.hpp"
#include "runner/host/progress_line.hpp"
#include "runner/host/signals.hpp"
#include "runner/machine/entry_tsc.hpp"
#include "runner/machine/machine.hpp"

namespace lintel::runner {

namespace {

struct Ends {
    Descriptor ours;
    Descriptor theirs;
};

Outcome<Ends> socket_ends() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return refuse("cannot make a socket: {}", std::strerror(errno));
    return Ends{Descriptor(ends[0]), Descriptor(ends[1])};
}

/// Seconds from `begin` until the kernel's first line can be read from `output`.
Outcome<double> first_line(int output, Clock::time_point begin) {
    std::string log;
    std::array<char, 4096> piece;
    while (!entry_tsc(log)) {
        std::array<pollfd, 2> places = {{{output, POLLIN, 0}, {interruption(), POLLIN, 0}}};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(begin + bench_time_limit - Clock::now());
        ::poll(places.data(), places.size(), static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
        TRY(go_on());
        if (places[0].revents == 0 && Clock::now() < begin + bench_time_limit) continue;
        const ssize_t count = places[0].revents == 0 ? 0 : ::read(output, piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return refuse("the kernel did not come to its first line");
        log.append(piece.data(), static_cast<std::size_t>(count));
    }
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

Outcome<double> bare(MachineConfiguration configuration) {
    auto folder = TRY(TemporaryFolder::make());
    TRY(prepare_for_machine(configuration.boot, folder.path()));
    auto serial = TRY(SerialWire::make(folder.path()));
    auto control = TRY(socket_ends());
    Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    Wires wires{.serial = serial.path(), .control = control.theirs.number()};
    if (configuration.accelerator == Accelerator::tcg) wires.fault_log = folder.path() / "faults";
    Launch launch{.arguments = emulator_arguments(configuration, wires), .input = nothing.number()};
    launch.errors = nothing.number();
    launch.inherited = {wires.control};
    const auto begin = Clock::now();
    auto process = TRY(Process::start(launch));
    return TRY(first_line(serial.output(), begin));
}

Outcome<double> whole(const std::vector<std::string>& words) {
    auto output = TRY(socket_ends());
    Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    Launch launch{.arguments = words, .input = nothing.number()};
    launch.output = output.theirs.number();
    launch.errors = nothing.number();
    const auto begin = Clock::now();
    auto process = TRY(Process::start(launch));
    output.theirs = Descriptor();
    return TRY(first_line(output.ours.number(), begin));
}

double median(std::vector<double> times) {
    std::ranges::sort(times);
    return times[times.size() / 2];
}

}  // namespace

Outcome<Exit> bench_start_command(const Project& project, FirmwareWish firmware, unsigned turns) {
    if (project.installed()) return refuse("this measures Lintel's own kernel, which only its source tree builds");
    TRY(Signals::listen());
    auto source = TRY(prepare_boot(project, {.loader = LoaderWish::lintel}, firmware));
    MachineOptions options{.firmware = firmware};
    const auto machine = TRY(prepare_machine(project, options, source)).configuration;
    std::vector<std::string> run = {"/proc/self/exe", "run", "--headless", "--until-halt", "--loader", "lintel"};
    if (firmware == FirmwareWish::direct) run.insert(run.end(), {"--firmware", "direct"});
    std::vector<std::string> run_any = run;
    run_any.insert(run_any.begin() + 2, project.kernel());

    std::vector<double> alone, ours, any;
    ProgressLine progress;
    for (unsigned turn = 1; turn <= turns; ++turn) {
        progress.show(fmt::format("turn {} of {}", turn, turns));
        alone.push_back(TRY(bare(machine)));
        ours.push_back(TRY(whole(run)));
        any.push_back(TRY(whole(run_any)));
    }
    progress.clear();
    const double floor = median(alone);
    fmt::print("{:<28}{:>8.3f} s to the kernel's first line, median of {}\n", "QEMU alone", floor, turns);
    fmt::print("{:<28}{:>8.3f} s{:>+9.3f} s\n", "lintel run", median(ours), median(ours) - floor);
    fmt::print("{:<28}{:>8.3f} s{:>+9.3f} s\n", "lintel run KERNEL.elf", median(any), median(any) - floor);
    return Exit::success;
}

}  // namespace lintel::runner
