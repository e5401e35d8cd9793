// `lintel debug`: GDB on a kernel's symbols, stopped where the person wants it.
// Invariant: no other breakpoint is set before the kernel's first instruction: only then is the kernel in memory, and
// stays there.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "runner/cli/command_line.hpp"
#include "runner/cli/setup.hpp"
#include "runner/debugger/debuggee.hpp"
#include "runner/host/progress_line.hpp"
#include "runner/machine/watch.hpp"

namespace lintel::runner {

namespace {

constexpr auto answer_time = std::chrono::seconds(10);

using Lines = std::vector<std::string>;

/// What GDB does behind the kernel's first instruction.
Lines from_entry(const Debuggee& debuggee, const DebugOptions& options) {
    Lines lines = {"set breakpoint pending off"};
    for (const std::string& place : options.breaks) lines.push_back("break " + place);
    const bool to_halt_loop = options.breaks.empty() && debuggee.has_halt_loop();
    if (to_halt_loop) lines.emplace_back("break hlt_loop");
    if (to_halt_loop || !options.breaks.empty()) lines.emplace_back("continue");
    if (options.batch) lines.emplace_back("backtrace");
    lines.insert(lines.end(), options.commands.begin(), options.commands.end());
    if (!options.batch) lines.emplace_back("set pagination on");
    return lines;
}

/// One machine, and who debugs it.
class DebugSession {
public:
    DebugSession(const DebugOptions& options, Debuggee& debuggee, Signals& signals, Machine& machine)
        : options_(options), debuggee_(debuggee), signals_(signals), machine_(machine) {
        if (options.batch && options.timeout > 0)
            deadline_ =
                Clock::now() + std::chrono::ceil<Clock::duration>(std::chrono::duration<double>(options.timeout));
    }

    /// Lets a relocatable kernel run to its first instruction, where it is held. Verdict::closed says that it is there.
    Conclusion run_to_held_entry() {
        WatchOptions watching = watch_options();
        watching.until_halt = true;  // the loader may give up
        watching.finished = [&]() -> std::optional<Conclusion> {
            auto text = machine_.control().human("info registers -a", Clock::now() + answer_time);
            if (!text) return std::nullopt;
            auto entry = debuggee_.entry_reached(parse_registers(*text));
            if (!entry) return std::nullopt;
            if (!machine_.control().execute("stop", "{}", Clock::now() + answer_time)) return std::nullopt;
            debuggee_.moved_to(*entry);
            return Conclusion{Verdict::closed, ""};
        };
        return watch(machine_, signals_, watching);
    }

    /// Watches the machine while `gdb` has it.
    Conclusion watch_with(Process& gdb, bool until_halt) {
        WatchOptions watching = watch_options();
        watching.until_halt = until_halt;
        watching.shares_interrupt = !options_.batch && !options_.wait;
        watching.finished = [&]() -> std::optional<Conclusion> {
            if (!gdb.status()) return std::nullopt;
            return Conclusion{Verdict::closed, ""};
        };
        return watch(machine_, signals_, watching);
    }

    Conclusion watch_alone() { return watch(machine_, signals_, watch_options()); }

    Machine& machine() { return machine_; }

private:
    [[nodiscard]] WatchOptions watch_options() const {
        WatchOptions watching{.deadline = deadline_};
        watching.plain = [](std::string_view text) {
            std::fwrite(text.data(), 1, text.size(), stdout);
            std::fflush(stdout);
        };
        return watching;
    }

    const DebugOptions& options_;
    Debuggee& debuggee_;
    Signals& signals_;
    Machine& machine_;
    std::optional<Clock::time_point> deadline_{};
};

/// The machine stands at the kernel's first instruction; whoever wants to debug it connects to the port.
Outcome<Exit> serve(DebugSession& session, const Debuggee& debuggee, const fs::path& gdb, const fs::path& script) {
    const unsigned port = session.machine().debugger_port();
    Lines lines = debuggee.way_to_entry(port);
    lines.emplace_back("disconnect");  // which leaves it as it is
    TRY(write_file(script, fmt::format("{}\n", fmt::join(lines, "\n"))));
    Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    Launch launch{.arguments = {gdb, "-nx", "-q", "-batch", debuggee.kernel(), "-x", script}};
    launch.input = launch.output = launch.errors = nothing.number();
    auto helper = TRY(Process::start(launch));
    Conclusion conclusion = session.watch_with(helper, true);
    if (conclusion.verdict == Verdict::closed) {
        if (helper.status() != 0) return refuse("gdb could not bring the machine to the kernel's entry");
        if (debuggee.relocatable())
            say(fmt::format("slide        {:#x}; in GDB: symbol-file -o {:#x} {}", debuggee.slide(), debuggee.slide(),
                            gdb_word(debuggee.kernel())));
        // Editors wait for this line.
        say(fmt::format("waiting      at the kernel's entry; in GDB: target remote 127.0.0.1:{}", port));
        conclusion = session.watch_alone();
    }
    session.machine().stop();
    say(describe(conclusion));
    return exit_code(conclusion.verdict);
}

Lines debugger_arguments(const DebugOptions& options, const Debuggee& debuggee, const fs::path& gdb,
                         const fs::path& python, const fs::path& script) {
    Lines list = {gdb, "-q"};
    if (options.batch) list.insert(list.end(), {"-nx", "-batch"});
    if (options.tui) list.emplace_back("-tui");
    list.push_back(debuggee.kernel());
    list.insert(list.end(), {"-x", python, "-x", script});
    // And with it QEMU, whatever the script has come to: detaching would let the machine run on.
    if (options.batch) list.insert(list.end(), {"-ex", "kill"});
    return list;
}

Outcome<Exit> debug_with_gdb(DebugSession& session, const DebugOptions& options, const Debuggee& debuggee,
                             const Lines& arguments, const fs::path& script) {
    Lines lines = {"set pagination off"};
    for (std::string& line : debuggee.way_to_entry(session.machine().debugger_port())) lines.push_back(std::move(line));
    for (std::string& line : from_entry(debuggee, options)) lines.push_back(std::move(line));
    // GDB's exit code is that of its last command alone.
    const fs::path done = script.parent_path() / "done";
    lines.push_back(fmt::format("python open(\"{}\", \"w\").close()", done.string()));
    TRY(write_file(script, fmt::format("{}\n", fmt::join(lines, "\n"))));
    auto gdb = TRY(Process::start({.arguments = arguments}));
    Conclusion conclusion = session.watch_with(gdb, options.batch);
    if (conclusion.verdict != Verdict::closed) say(describe(conclusion));
    // Without the machine GDB gives up by itself; a person may want to look around first.
    const bool told_to_end = conclusion.verdict == Verdict::interrupted;
    if (told_to_end || (options.batch && conclusion.verdict != Verdict::closed)) gdb.end();
    session.machine().stop();
    if (options.batch)
        gdb.wait_for(std::chrono::seconds(5));
    else
        gdb.wait();
    if (conclusion.verdict == Verdict::halted && !options.breaks.empty())
        return refuse("the kernel has halted before it came to a breakpoint");
    if (conclusion.verdict != Verdict::closed) return exit_code(conclusion.verdict);
    if (options.batch && !is_file(done)) return refuse("gdb has failed; its messages are above");
    if (int status = gdb.status().value_or(1); !options.batch && status != 0)
        return refuse("gdb failed, with exit code {}; its messages are above", status);
    return Exit::success;
}

Outcome<void> check_options(const DebugOptions& options) {
    if (options.wait && (options.batch || options.tui || !options.breaks.empty() || !options.commands.empty()))
        return refuse("--wait starts no debugger: --batch, --tui, --break and --command mean nothing with it");
    if (options.batch && options.tui) return refuse("--tui is for a person, and --batch for a script: choose one");
    if (options.tui && ::isatty(STDIN_FILENO) != 1) return refuse("--tui needs a terminal");
    for (const Lines* lines : {&options.breaks, &options.commands})
        for (const std::string& line : *lines)
            if (line.contains('\n')) return refuse("--break and --command take one line each");
    return {};
}

}  // namespace

Outcome<Exit> debug_command(const Project& project, const DebugOptions& options) {
    TRY(check_options(options));
    auto gdb = find_program("gdb");
    if (!gdb) return refuse("gdb is missing; install it with: apt-get install gdb");
    ImageOptions image = options.image;
    const fs::path kernel = image.kernel.empty() ? project.kernel() : fs::absolute(image.kernel);
    if (kernel.empty()) return refuse("no kernel given; name one: lintel debug KERNEL.elf");
    ask_for_halt(project, image);
    auto debuggee = TRY(Debuggee::open(kernel));
    auto signals = TRY(Signals::listen());
    auto folder = TRY(TemporaryFolder::make());
    if (debuggee.relocatable()) {
        image.kernel = folder.path() / "kernel.elf";
        TRY(write_file(image.kernel, debuggee.held_at_entry()));
    }
    ProgressLine progress;
    progress.show("making what the machine starts from");
    auto source = TRY(prepare_boot(project, image, options.machine.firmware));
    auto setup = TRY(prepare_machine(project, options.machine, source));
    setup.configuration.paused = !debuggee.relocatable();
    setup.configuration.debugger_port = options.port;
    source.volume.kernel = debuggee.kernel();
    progress.clear();
    announce(source, setup);

    auto machine = TRY(Machine::start(setup.configuration, true));
    if (options.machine.verbose) say(fmt::format("command      {}", shell_line(machine.arguments())));
    say(fmt::format("debugger     127.0.0.1:{}", machine.debugger_port()));
    DebugSession session(options, debuggee, signals, machine);
    if (debuggee.relocatable()) {
        Conclusion conclusion = session.run_to_held_entry();
        if (conclusion.verdict != Verdict::closed) {
            machine.stop();
            say(describe(conclusion));
            return exit_code(conclusion.verdict);
        }
    }
    const fs::path script = folder.path() / "session.gdb";
    if (options.wait) return serve(session, debuggee, *gdb, script);
    return debug_with_gdb(session, options, debuggee,
                          debugger_arguments(options, debuggee, *gdb, project.gdb_commands(), script), script);
}

void add_debug(CommandLine& line) {
    CLI::App& debug = *line.app.add_subcommand("debug", "boot to a breakpoint, in GDB");
    auto options = std::make_shared<DebugOptions>();
    debug.footer("Example: lintel debug --break kernel_main --command 'lintel page $rip'");
    debug
        .add_option("kernel", options->any_kernel,
                    "any kernel that speaks the Limine protocol; without it, this tree's")
        ->type_name("KERNEL.elf");
    debug
        .add_option("--break", options->breaks,
                    "stop there: a function, FILE:LINE, *ADDRESS (hlt_loop; else the entry point)")
        ->type_name("PLACE")
        ->allow_extra_args(false);
    debug.add_option("--command", options->commands, "what GDB is to do once it has stopped")
        ->type_name("TEXT")
        ->allow_extra_args(false);
    debug.add_flag("--tui", options->tui, "with the source in the terminal's upper half");
    debug.add_flag("--batch", options->batch, "print the backtrace there and end");
    debug.add_flag("--wait", options->wait, "start no GDB: wait at the entry point for a debugger of yours");
    debug.add_option("--port", options->port, "where the machine listens for a debugger (any free one)")
        ->type_name("N")
        ->check(CLI::Range(1, 65535));
    debug.add_option("--timeout", options->timeout, "give up after so long, with --batch (120)")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.0, longest_timeout));
    add_image_options(debug, options->image);
    add_machine_options(debug, options->machine);
    debug.final_callback([&line, options] {
        options->machine.extra = line.extra;
        if (!options->any_kernel.empty()) {
            options->image.kernel = options->any_kernel;
            options->image.foreign = true;
        }
        line.chosen = [options](const Project& project) { return debug_command(project, *options); };
    });
}

}  // namespace lintel::runner
