// `lintel run`: boots the image and says how it went.
// Invariant: without a terminal it ends by itself; with one, the terminal is afterwards as it was before.
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "runner/autopsy/artifacts.hpp"
#include "runner/autopsy/find_slide.hpp"
#include "runner/autopsy/symbolizer.hpp"
#include "runner/cli/command_line.hpp"
#include "runner/cli/setup.hpp"
#include "runner/host/progress_line.hpp"
#include "runner/machine/watch.hpp"

namespace lintel::runner {

namespace {

constexpr double default_timeout = 60;  // seconds, where the machine is to end by itself

/// Passes keys on as they are pressed and leaves the echo to the guest. Ctrl-C keeps its meaning.
class KeyboardMode {
public:
    explicit KeyboardMode(bool wanted) {
        if (!wanted || ::tcgetattr(STDIN_FILENO, &before_) != 0) return;
        termios now = before_;
        now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        now.c_iflag &= ~static_cast<tcflag_t>(ICRNL);
        now.c_cc[VMIN] = 1;
        now.c_cc[VTIME] = 0;
        changed_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &now) == 0;
    }
    KeyboardMode(const KeyboardMode&) = delete;
    KeyboardMode& operator=(const KeyboardMode&) = delete;
    ~KeyboardMode() {
        if (changed_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    }

private:
    termios before_{};
    bool changed_ = false;
};

Outcome<void> check_screenshot_name(const std::string& file) {
    std::string suffix = fs::path(file).extension();
    if (file.empty() || suffix == ".png" || suffix == ".ppm") return {};
    return refuse("--screenshot {}: the file's name must end in .png or .ppm", file);
}

/// Where the serial line's bytes go: to the person, with names behind addresses; and as they are into files.
class SerialOutput {
public:
    /// `plain` for a person who only reads; otherwise terminal control gets through.
    explicit SerialOutput(bool plain) : plain_(plain) {}

    Outcome<void> open(const RunOptions& options) {
        if (!options.artifacts.empty()) artifacts_ = TRY(Artifacts::open(options.artifacts));
        if (options.serial_log.empty()) return {};
        name_ = options.serial_log;
        log_ = Descriptor(::open(name_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
        if (!log_.open()) return refuse("cannot write {}: {}", name_, std::strerror(errno));
        return {};
    }

    void name_addresses(DebugInfo& kernel, Machine& machine) {
        symbolizer_.emplace(kernel, [&] { return find_slide(kernel, machine.control()); });
    }

    void connect(WatchOptions& watching) {
        watching.raw = [this](std::string_view bytes) {
            if (log_.open() && ::write(log_.number(), bytes.data(), bytes.size()) < 0) failed_ = true;
            if (artifacts_) artifacts_->take_serial(bytes);
            if (!plain_) show(bytes);
        };
        watching.plain = [this](std::string_view text) {
            if (plain_) show(text);
            constexpr std::size_t kept = 128 << 10;  // more than a kernel's log in memory has
            tail_ += text;
            if (tail_.size() > 2 * kept) tail_.erase(0, tail_.size() - kept);
        };
    }

    [[nodiscard]] const std::string& tail() const { return tail_; }

    Outcome<void> finish(Machine& machine, const Conclusion& conclusion, const Autopsy* autopsy) {
        if (artifacts_) TRY(artifacts_->finish(machine, conclusion, autopsy));
        if (failed_) return refuse("cannot write {}: the disk may be full", name_);
        return {};
    }

private:
    void show(std::string_view text) { symbolizer_ ? print(symbolizer_->feed(text)) : print(text); }

    bool plain_;
    std::string name_{};
    Descriptor log_{};
    bool failed_ = false;
    std::optional<Artifacts> artifacts_{};
    std::optional<Symbolizer> symbolizer_{};
    std::string tail_{};
};

Outcome<void> take_screenshot(Machine& machine, Verdict verdict, const std::string& file) {
    if (file.empty()) return {};
    if (still_there(verdict)) return machine.control().screenshot(file, Clock::now() + std::chrono::seconds(10));
    say("no screenshot: the machine is gone");
    return {};
}

}  // namespace

Outcome<Exit> run_command(const Project& project, const RunOptions& options) {
    TRY(check_screenshot_name(options.screenshot));
    const bool terminal = ::isatty(STDIN_FILENO) == 1;
    const bool until_halt = options.until_halt || !terminal;
    const bool has_display = environment("DISPLAY") || environment("WAYLAND_DISPLAY");
    std::optional<double> timeout = options.timeout;
    if (until_halt && !timeout) timeout = default_timeout;

    auto signals = TRY(Signals::listen());
    ImageOptions image = options.image;
    // Who waits for a debugger wants to see the machine stand still, too.
    const bool paused = std::ranges::find(options.machine.extra, "-S") != options.machine.extra.end();
    if (until_halt || paused) ask_for_halt(project, image);
    ProgressLine progress;
    progress.show("making what the machine starts from");
    auto source = TRY(prepare_boot(project, image, options.machine.firmware));
    auto setup = TRY(prepare_machine(project, options.machine, source));
    if (has_display && !options.headless && terminal) open_window(setup);
    progress.clear();
    announce(source, setup);
    warn_about(source.volume.kernel, options.image.colour);
    SerialOutput output(until_halt);
    TRY(output.open(options));

    auto machine = TRY(Machine::start(setup.configuration, false));
    if (options.machine.verbose) say(fmt::format("command      {}", shell_line(machine.arguments())));
    // What is no ELF is the loader's business to refuse.
    auto kernel = DebugInfo::open(source.volume.kernel);
    if (kernel) output.name_addresses(*kernel, machine);

    WatchOptions watching{.until_halt = until_halt, .keyboard = terminal};
    if (timeout && *timeout > 0)
        watching.deadline = Clock::now() + std::chrono::ceil<Clock::duration>(std::chrono::duration<double>(*timeout));
    output.connect(watching);

    KeyboardMode keyboard(terminal);
    Conclusion conclusion = watch(machine, signals, watching);
    signals.take();  // an interruption ends the machine, and not what is yet to be said and kept
    auto autopsy = examine(machine, kernel ? &*kernel : nullptr, conclusion, output.tail());
    if (autopsy) {
        say("autopsy");
        fmt::print(stderr, "{}", autopsy->text);
    }
    auto kept = output.finish(machine, conclusion, autopsy ? &*autopsy : nullptr);
    TRY(take_screenshot(machine, conclusion.verdict, options.screenshot));
    machine.stop();
    if (options.machine.verbose && !machine.error_text().empty()) say("QEMU said: " + machine.error_text());
    say(describe(conclusion));
    TRY(std::move(kept));
    // At a terminal somebody has asked the kernel for it.
    if (conclusion.verdict == Verdict::switched_off && !until_halt) return Exit::success;
    return exit_code(conclusion.verdict);
}

void add_run(CommandLine& line) {
    CLI::App& run = *line.app.add_subcommand("run", "build, then boot in QEMU; -- passes the rest to QEMU");
    auto options = std::make_shared<RunOptions>();
    run.footer("Example: lintel run --firmware direct --headless --until-halt --timeout 10");
    run.add_option("kernel", options->any_kernel, "any kernel that speaks the Limine protocol; without it, this tree's")
        ->type_name("KERNEL.elf");
    run.add_flag("--until-halt", options->until_halt, "end with success once the kernel sits in its halt loop");
    run.add_flag("--headless", options->headless, "no window, even where there is a display");
    run.add_option("--timeout", options->timeout, "give up after so long (60 where the run ends by itself; 0: never)")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.0, longest_timeout));
    run.add_option("--serial-log", options->serial_log, "what the machine writes to its serial line")
        ->type_name("FILE");
    run.add_option("--screenshot", options->screenshot, "the screen at the end, as .png or .ppm")->type_name("FILE");
    run.add_option("--artifacts", options->artifacts, "a folder for serial.log, screen.png and autopsy.txt")
        ->type_name("FOLDER");
    add_image_options(run, options->image);
    add_image_type(run, "--image", options->image.type);
    add_machine_options(run, options->machine);
    run.final_callback([&line, options] {
        options->machine.extra = line.extra;
        if (!options->any_kernel.empty()) {
            if (!options->image.kernel.empty())
                throw CLI::ValidationError("two kernels are given: " + options->any_kernel + " and --kernel");
            options->image.kernel = options->any_kernel;
            options->image.foreign = true;
        }
        options->image.colour = line.colour;
        line.chosen = [options](const Project& project) { return run_command(project, *options); };
    });
}

}  // namespace lintel::runner
