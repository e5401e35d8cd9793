// `lintel bench boot`: what booting costs, in guest instructions.
// Invariant: the programs compared run on the same firmware, from the same kind of image, under a clock that counts
// instructions, so that the host's speed and load do not matter.
#include <charconv>
#include <cstdio>

#include "runner/cli/setup.hpp"
#include "runner/image/image.hpp"
#include "runner/machine/entry_tsc.hpp"
#include "runner/machine/watch.hpp"

namespace lintel::runner {

namespace {

constexpr auto time_limit = std::chrono::minutes(5);

Outcome<std::uint64_t> measure(const fs::path& image, Signals& signals, std::string_view name) {
    auto setup = TRY(prepare_machine({.accelerator = AcceleratorWish::tcg}, image));
    setup.configuration.counts_instructions = true;
    auto machine = TRY(Machine::start(setup.configuration, false));
    std::string log;
    WatchOptions watching{.until_halt = true, .deadline = Clock::now() + time_limit};
    watching.plain = [&](std::string_view text) { log += text; };
    Conclusion conclusion = watch(machine, signals, watching);
    machine.stop();
    if (auto entry = entry_tsc(log)) return *entry;
    return std::unexpected(
        Failure{fmt::format("{} did not log `entry tsc N`; {}", name, describe(conclusion)),
                conclusion.verdict == Verdict::halted ? Exit::refused : exit_code(conclusion.verdict)});
}

void print_line(std::string_view name, std::uint64_t count, std::uint64_t floor) {
    fmt::print("{:<24}{:>10.1f} million instructions", name, static_cast<double>(count) / 1e6);
    if (floor != 0) fmt::print("{:>+10.1f} million", (static_cast<double>(count) - static_cast<double>(floor)) / 1e6);
    fmt::print("\n");
    std::fflush(stdout);
}

}  // namespace

Outcome<Exit> bench_boot_command(const Project& project) {
    auto folder = TRY(TemporaryFolder::make());
    const fs::path empty = folder.path() / "empty.iso";
    TRY(make_application_image(project.empty_application(), empty));
    auto ours = TRY(prepare_image(project, {.loader = LoaderWish::lintel}));

    auto signals = TRY(Signals::listen());
    std::uint64_t floor = TRY(measure(empty, signals, "the empty EFI application"));
    print_line("empty EFI application", floor, 0);
    print_line("Lintel's loader", TRY(measure(ours.path, signals, "the kernel under Lintel's loader")), floor);
    if (environment("LIMINE_PATH")) {
        auto limine = TRY(prepare_image(project, {.loader = LoaderWish::limine}));
        print_line("Limine", TRY(measure(limine.path, signals, "the kernel under Limine")), floor);
    }
    return Exit::success;
}

}  // namespace lintel::runner
