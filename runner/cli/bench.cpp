// `lintel bench boot`: what booting costs, in guest instructions and, without firmware in the way, in seconds.
// Invariant: the programs compared run on the same firmware, from the same kind of image. Instructions are counted by
// the emulator, so that the host's speed and load do not matter; seconds are the median of runs that take turns, so
// that both programs see the same load.
#include <algorithm>
#include <array>
#include <cstdio>

#include "runner/cli/command_line.hpp"
#include "runner/cli/setup.hpp"
#include "runner/host/progress_line.hpp"
#include "runner/image/image.hpp"
#include "runner/machine/entry_tsc.hpp"
#include "runner/machine/watch.hpp"

namespace lintel::runner {

namespace {

constexpr std::size_t turns = 9;

/// Something that says `entry tsc N` as soon as it runs.
struct Candidate {
    std::string_view name;
    MachineConfiguration configuration;
};

struct Reached {
    std::uint64_t entry;  // the time-stamp counter at the program's first act
    double seconds;       // from the emulator's start until the program said so
};

Outcome<Reached> start(const Candidate& candidate, Signals& signals) {
    const auto begin = Clock::now();
    auto machine = TRY(Machine::start(candidate.configuration, false));
    std::string log;
    std::optional<Reached> reached;
    WatchOptions watching{.until_halt = true, .deadline = begin + bench_time_limit};
    watching.plain = [&](std::string_view text) {
        log += text;
        auto entry = reached ? std::nullopt : entry_tsc(log);
        if (entry) reached = Reached{*entry, std::chrono::duration<double>(Clock::now() - begin).count()};
    };
    watching.finished = [&]() -> std::optional<Conclusion> {
        if (!reached) return std::nullopt;
        return Conclusion{Verdict::closed, ""};
    };
    Conclusion conclusion = watch(machine, signals, watching);
    machine.stop();
    if (reached) return *reached;
    return std::unexpected(
        Failure{fmt::format("{} did not log `entry tsc N`; {}", candidate.name, describe(conclusion)),
                conclusion.verdict == Verdict::halted ? Exit::refused : exit_code(conclusion.verdict)});
}

Outcome<std::uint64_t> count_instructions(Candidate candidate, Signals& signals) {
    ProgressLine progress;
    progress.show(fmt::format("counting the instructions of {}", candidate.name));
    candidate.configuration.counts_instructions = true;
    return TRY(start(candidate, signals)).entry;
}

void print_line(std::string_view name, std::uint64_t count, std::uint64_t floor) {
    fmt::print("{:<24}{:>10.2f} million instructions", name, static_cast<double>(count) / 1e6);
    if (floor != 0) fmt::print("{:>+10.2f} million", (static_cast<double>(count) - static_cast<double>(floor)) / 1e6);
    fmt::print("\n");
    std::fflush(stdout);
}

Outcome<MachineConfiguration> machine_for(const Project& project, const BootSource& source, FirmwareWish firmware) {
    auto setup = TRY(prepare_machine(project, {.firmware = firmware, .accelerator = AcceleratorWish::tcg}, source));
    return setup.configuration;
}

Outcome<Exit> bench_uefi(const Project& project, ImageOptions image, Signals& signals) {
    auto folder = TRY(TemporaryFolder::make());
    BootSource empty{.volume = {}, .loader = {}, .image = folder.path() / "empty.iso"};
    TRY(make_application_image(project.empty_application(), empty.image));
    image.loader = LoaderWish::lintel;
    auto ours = TRY(prepare_boot(project, image, FirmwareWish::uefi));

    Candidate nothing{"empty EFI application", TRY(machine_for(project, empty, FirmwareWish::uefi))};
    std::uint64_t floor = TRY(count_instructions(nothing, signals));
    print_line(nothing.name, floor, 0);
    Candidate kernel{"Lintel's loader", TRY(machine_for(project, ours, FirmwareWish::uefi))};
    print_line(kernel.name, TRY(count_instructions(kernel, signals)), floor);
    if (environment("LIMINE_PATH")) {
        image.loader = LoaderWish::limine;
        auto source = TRY(prepare_boot(project, image, FirmwareWish::uefi));
        Candidate limine{"Limine", TRY(machine_for(project, source, FirmwareWish::uefi))};
        print_line(limine.name, TRY(count_instructions(limine, signals)), floor);
    }
    return Exit::success;
}

Outcome<Exit> bench_direct(const Project& project, const ImageOptions& image, Signals& signals) {
    auto source = TRY(prepare_boot(project, image, FirmwareWish::direct));
    Candidate kernel{"Lintel's loader", TRY(machine_for(project, source, FirmwareWish::direct))};
    Candidate nothing{"empty PVH program", kernel.configuration};
    nothing.configuration.boot =
        DirectBoot{.loader = project.empty_direct(), .bios = std::get<DirectBoot>(kernel.configuration.boot).bios};

    std::uint64_t floor = TRY(count_instructions(nothing, signals));
    print_line(nothing.name, floor, 0);
    print_line(kernel.name, TRY(count_instructions(kernel, signals)), floor);

    std::array<double, turns> without{}, with{};
    ProgressLine progress;
    for (std::size_t turn = 0; turn < turns; ++turn) {
        progress.show(fmt::format("turn {} of {}", turn + 1, turns));
        without[turn] = TRY(start(nothing, signals)).seconds;
        with[turn] = TRY(start(kernel, signals)).seconds;
    }
    progress.clear();
    std::ranges::sort(without);
    std::ranges::sort(with);
    double base = without[turns / 2], ours = with[turns / 2];
    fmt::print("{:<24}{:>10.3f} s from the emulator's start, median of {}\n", nothing.name, base, turns);
    fmt::print("{:<24}{:>10.3f} s{:>+10.3f} s, ratio {:.2f}\n", kernel.name, ours, ours - base, ours / base);
    return Exit::success;
}

}  // namespace

Outcome<Exit> bench_boot_command(const Project& project, FirmwareWish firmware, const ImageOptions& image) {
    if (project.installed())
        return refuse("this compares a boot with that of empty programs, which only Lintel's source tree builds");
    auto signals = TRY(Signals::listen());
    return firmware == FirmwareWish::direct ? bench_direct(project, image, signals)
                                            : bench_uefi(project, image, signals);
}

void add_bench(CommandLine& line) {
    CLI::App& bench = *line.app.add_subcommand("bench", "measure");
    bench.footer("Example: lintel bench boot --firmware direct");
    bench.require_subcommand(1);
    CLI::App& boot = *bench.add_subcommand("boot", "what it costs from reset to the kernel");
    auto firmware = std::make_shared<FirmwareWish>(FirmwareWish::uefi);
    add_firmware(boot, *firmware);
    auto image = std::make_shared<ImageOptions>();
    boot.add_option("--kernel", image->kernel, "another kernel that logs `entry tsc N` first")->type_name("FILE");
    boot.final_callback([&line, firmware, image] {
        line.chosen = [firmware, image](const Project& project) {
            return bench_boot_command(project, *firmware, *image);
        };
    });
    CLI::App& kernel = *bench.add_subcommand("kernel", "what the kernel's own acts cost, in guest instructions");
    kernel.final_callback(
        [&line] { line.chosen = [](const Project& project) { return bench_kernel_command(project); }; });
    CLI::App& start = *bench.add_subcommand("start", "how much later than under QEMU alone the kernel speaks");
    auto repeats = std::make_shared<unsigned>(7);
    add_firmware(start, *firmware);
    start.add_option("--turns", *repeats, "boots of each kind (7)")->type_name("N")->check(CLI::Range(1U, 99U));
    start.final_callback([&line, firmware, repeats] {
        line.chosen = [firmware, repeats](const Project& project) {
            return bench_start_command(project, *firmware, *repeats);
        };
    });
}

}  // namespace lintel::runner
