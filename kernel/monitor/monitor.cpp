#include "kernel/monitor/monitor.hpp"

#include "kernel/hlt_loop.hpp"
#include "kernel/input/input.hpp"
#include "kernel/log.hpp"
#include "kernel/monitor/bench.hpp"
#include "kernel/monitor/commands.hpp"
#include "kernel/monitor/shell.hpp"

namespace lintel {
namespace {

/// Keys from wherever they are typed, and text to wherever the log goes.
class MachineTerminal final : public Terminal {
public:
    std::optional<KeyPress> read() override { return wait_for_input(); }
    void write(std::string_view text) override { LogSink().write(text); }
};

}  // namespace

void run_monitor() {
    MachineTerminal terminal;
    Shell(terminal, commands()).run("lintel> ");
    hlt_loop();  // not reached: there are always more keys
}

Status run_all_benchmarks() {
    MachineTerminal terminal;
    return run_benchmarks(terminal, {});
}

}  // namespace lintel
