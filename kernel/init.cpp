#include "kernel/init.hpp"

#include "arch/arch.hpp"
#include "kernel/command_line.hpp"
#include "kernel/hand_over.hpp"
#include "kernel/hlt_loop.hpp"
#include "kernel/log.hpp"
#include "kernel/monitor/monitor.hpp"
#include "kernel/processors/stop.hpp"
#include "kernel/tests/tests.hpp"

namespace lintel {

Init chosen_init() {
    const auto name = option(command_line(), "init");
    if (name == "halt") return Init::halt;
    if (name == "bench") return Init::bench;
    return Init::monitor;
}

void run_init() {
    log("ready tsc {}", arch::timestamp());  // last: the boot's cost ends here
    const Init init = chosen_init();
    if (init == Init::bench) arch::leave_machine(run_all_benchmarks() ? tests_passed : tests_failed);
    if (init == Init::monitor) {
        if (const auto name = option(command_line(), "init")) log_warning("there is no init {}", *name);
        run_monitor();
    }
    stop_others();
    take_log_over();  // one of them may have been writing
    log("halted");
    hlt_loop();
}

}  // namespace lintel
