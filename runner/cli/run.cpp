// `lintel run`: boots the image and says how it went.
// Invariant: without a terminal it ends by itself; with one, the terminal is afterwards as it was before.
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "runner/cli/command_line.hpp"
#include "runner/cli/setup.hpp"
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

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

Outcome<void> check_screenshot_name(const std::string& file) {
    std::string suffix = fs::path(file).extension();
    if (file.empty() || suffix == ".png" || suffix == ".ppm") return {};
    return refuse("--screenshot {}: the file's name must end in .png or .ppm", file);
}

bool still_there(Verdict verdict) {
    return verdict == Verdict::halted || verdict == Verdict::panicked || verdict == Verdict::loader_error ||
           verdict == Verdict::timed_out;
}

}  // namespace

Outcome<Exit> run_command(const Project& project, const RunOptions& options) {
    TRY(check_screenshot_name(options.screenshot));
    const bool terminal = ::isatty(STDIN_FILENO) == 1;
    const bool until_halt = options.until_halt || !terminal;
    const bool has_display = environment("DISPLAY") || environment("WAYLAND_DISPLAY");
    std::optional<double> timeout = options.timeout;
    if (until_halt && !timeout) timeout = default_timeout;

    auto source = TRY(prepare_boot(project, options.image, options.machine.firmware));
    auto setup = TRY(prepare_machine(project, options.machine, source));
    if (has_display && !options.headless && terminal) open_window(setup);
    announce(source, setup);

    Descriptor log;
    if (!options.serial_log.empty()) {
        log = Descriptor(::open(options.serial_log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
        if (!log.open()) return refuse("cannot write {}: {}", options.serial_log, std::strerror(errno));
    }

    auto signals = TRY(Signals::listen());
    auto machine = TRY(Machine::start(setup.configuration, false));
    if (options.machine.verbose) say(fmt::format("command      {}", shell_line(machine.arguments())));

    WatchOptions watching{.until_halt = until_halt, .keyboard = terminal};
    if (timeout && *timeout > 0)
        watching.deadline = Clock::now() + std::chrono::ceil<Clock::duration>(std::chrono::duration<double>(*timeout));
    bool log_failed = false;
    watching.raw = [&](std::string_view bytes) {
        if (log.open() && ::write(log.number(), bytes.data(), bytes.size()) < 0) log_failed = true;
        if (!until_halt) print(bytes);
    };
    watching.plain = [&](std::string_view text) {
        if (until_halt) print(text);
    };

    KeyboardMode keyboard(terminal);
    Conclusion conclusion = watch(machine, signals, watching);
    if (!options.screenshot.empty()) {
        if (!still_there(conclusion.verdict))
            say("no screenshot: the machine is gone");
        else
            TRY(machine.control().screenshot(options.screenshot, Clock::now() + std::chrono::seconds(10)));
    }
    machine.stop();
    say(describe(conclusion));
    if (options.machine.verbose && !machine.error_text().empty()) say("QEMU said: " + machine.error_text());
    if (log_failed) return refuse("cannot write {}: the disk may be full", options.serial_log);
    return exit_code(conclusion.verdict);
}

void add_run(CommandLine& line) {
    CLI::App& run = *line.app.add_subcommand("run", "build, then boot in QEMU; -- passes the rest to QEMU");
    auto options = std::make_shared<RunOptions>();
    run.footer("Example: lintel run --firmware direct --headless --until-halt --timeout 10");
    run.add_flag("--until-halt", options->until_halt, "end with success once the kernel sits in its halt loop");
    run.add_flag("--headless", options->headless, "no window, even where there is a display");
    run.add_option("--timeout", options->timeout, "give up after so long (60 where the run ends by itself; 0: never)")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.0, longest_timeout));
    run.add_option("--serial-log", options->serial_log, "what the machine writes to its serial line")
        ->type_name("FILE");
    run.add_option("--screenshot", options->screenshot, "the screen at the end, as .png or .ppm")->type_name("FILE");
    add_image_options(run, options->image);
    add_image_type(run, "--image", options->image.type);
    add_machine_options(run, options->machine);
    run.final_callback([&line, options] {
        options->machine.extra = line.extra;
        line.chosen = [options](const Project& project) { return run_command(project, *options); };
    });
}

}  // namespace lintel::runner
