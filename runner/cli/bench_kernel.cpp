// `lintel bench kernel`: what the kernel's own acts cost, in guest instructions.
// Invariant: the emulator counts the instructions, so that the host's speed and load do not matter.
#include <algorithm>
#include <cstdio>

#include "runner/cli/command_line.hpp"
#include "runner/cli/setup.hpp"
#include "runner/host/progress_line.hpp"
#include "runner/machine/entry_tsc.hpp"
#include "runner/machine/watch.hpp"

namespace lintel::runner {

namespace {

constexpr unsigned processors = 4;
constexpr std::string_view mark = "bench: ";

/// What the kernel says until it has done what `init` tells it to.
Outcome<std::string> log_of(const Project& project, Signals& signals, std::string init,
                            std::vector<std::string> machine_words, Verdict wanted) {
    ImageOptions image;
    image.additions.command_line = std::move(init);
    auto source = TRY(prepare_boot(project, image, FirmwareWish::direct));
    MachineOptions options{.firmware = FirmwareWish::direct, .processors = processors};
    options.accelerator = AcceleratorWish::tcg;
    options.extra = std::move(machine_words);
    auto setup = TRY(prepare_machine(project, options, source));
    setup.configuration.counts_instructions = true;

    auto machine = TRY(Machine::start(setup.configuration, false));
    std::string log;
    WatchOptions watching{.until_halt = true, .deadline = Clock::now() + bench_time_limit};
    watching.plain = [&](std::string_view text) { log += text; };
    const Conclusion conclusion = watch(machine, signals, watching);
    machine.stop();
    if (conclusion.verdict == wanted) return log;
    return std::unexpected(
        Failure{"the kernel did not finish: " + describe(conclusion), exit_code(conclusion.verdict)});
}

/// From kernel_main to the prompt.
std::uint64_t boot_ticks(std::string_view log) {
    return number_behind("ready tsc ", log).value_or(0) - number_behind("entry tsc ", log).value_or(0);
}

}  // namespace

Outcome<Exit> bench_kernel_command(const Project& project) {
    if (project.installed()) return refuse("this measures Lintel's own kernel, which only its source tree builds");
    auto signals = TRY(Signals::listen());
    ProgressLine progress;
    progress.show("counting the kernel's instructions");
    const std::uint64_t bare =
        boot_ticks(TRY(log_of(project, signals, "init=halt", {"-vga", "none"}, Verdict::halted)));
    const std::string log = TRY(log_of(project, signals, "init=bench", {}, Verdict::passed));
    progress.clear();

    fmt::print("{:<10} {:>9} ticks  from kernel_main to the prompt, without a screen\n", "boot", bare);
    fmt::print("{:<10} {:>9} ticks  the same, with the log on a screen of 1280x800\n", "boot-shown", boot_ticks(log));
    for (std::size_t at = 0; (at = log.find(mark, at)) != std::string::npos;) {
        at += mark.size();
        fmt::print("{}\n", log.substr(at, log.find('\n', at) - at));
    }
    return Exit::success;
}

}  // namespace lintel::runner
