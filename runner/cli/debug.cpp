// `lintel debug`: GDB on the kernel's symbols, stopped in its halt loop.
// Invariant: the first breakpoint is a hardware one. A software breakpoint would be overwritten when the loader puts
// the kernel into memory.
#include <cstdio>

#include "runner/cli/command_line.hpp"
#include "runner/cli/setup.hpp"
#include "runner/machine/watch.hpp"

namespace lintel::runner {

namespace {

std::vector<std::string> debugger_arguments(const fs::path& debugger, const fs::path& kernel, unsigned port,
                                            bool batch) {
    std::vector<std::string> list = {debugger, "-q", kernel};
    auto then = [&](std::string command) {
        list.emplace_back("-ex");
        list.push_back(std::move(command));
    };
    if (batch) list.insert(list.begin() + 2, {"-nx", "-batch"});
    then("set confirm off");
    then(fmt::format("target remote 127.0.0.1:{}", port));
    then("thbreak kernel_main");
    then("continue");
    then("break hlt_loop");
    then("continue");
    if (batch) {
        then("backtrace");
        then("kill");  // and with it QEMU; detaching would let the machine run on
    }
    return list;
}

}  // namespace

Outcome<Exit> debug_command(const Project& project, const DebugOptions& options) {
    auto debugger = find_program("gdb");
    if (!debugger) return refuse("gdb is missing; install it with: apt-get install gdb");
    auto source = TRY(prepare_boot(project, options.image, options.machine.firmware));
    const fs::path& kernel = source.volume.kernel;
    if (!is_file(kernel)) return refuse("cannot read the kernel {}", kernel.string());
    auto setup = TRY(prepare_machine(project, options.machine, source));
    setup.configuration.paused = true;
    announce(source, setup);

    auto signals = TRY(Signals::listen());
    auto machine = TRY(Machine::start(setup.configuration, true));
    if (options.machine.verbose) say(fmt::format("command      {}", shell_line(machine.arguments())));
    say(fmt::format("debugger     127.0.0.1:{}", machine.debugger_port()));
    auto arguments = debugger_arguments(*debugger, kernel, machine.debugger_port(), options.batch);
    auto gdb = TRY(Process::start({.arguments = arguments}));

    WatchOptions watching{.until_halt = options.batch, .shares_interrupt = !options.batch};
    if (options.batch && options.timeout > 0)
        watching.deadline =
            Clock::now() + std::chrono::ceil<Clock::duration>(std::chrono::duration<double>(options.timeout));
    watching.plain = [](std::string_view text) {
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::fflush(stdout);
    };
    watching.finished = [&]() -> std::optional<Conclusion> {
        if (!gdb.status()) return std::nullopt;
        return Conclusion{Verdict::closed, ""};
    };
    Conclusion conclusion = watch(machine, signals, watching);
    if (conclusion.verdict != Verdict::closed) say(describe(conclusion));
    // Without the machine GDB gives up by itself; a person may want to look around first.
    machine.stop();
    if (options.batch)
        gdb.wait_for(std::chrono::seconds(5));
    else
        gdb.wait();
    if (conclusion.verdict != Verdict::closed) return exit_code(conclusion.verdict);
    int status = gdb.status().value_or(1);
    if (status != 0) return refuse("gdb failed, with exit code {}; its messages are above", status);
    return Exit::success;
}

void add_debug(CommandLine& line) {
    CLI::App& debug = *line.app.add_subcommand("debug", "boot to a breakpoint in the halt loop, in GDB");
    auto options = std::make_shared<DebugOptions>();
    debug.footer("Example: lintel debug --firmware direct --batch");
    debug.add_flag("--batch", options->batch, "print the backtrace there and end");
    debug.add_option("--timeout", options->timeout, "give up after so long, with --batch (120)")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.0, longest_timeout));
    add_image_options(debug, options->image);
    add_machine_options(debug, options->machine);
    debug.final_callback([&line, options] {
        options->machine.extra = line.extra;
        line.chosen = [options](const Project& project) { return debug_command(project, *options); };
    });
}

}  // namespace lintel::runner
