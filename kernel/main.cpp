// The kernel's way from the loader to its halt loop. Each step uses only what the lines above made.
#include "arch/arch.hpp"
#include "arch/paging.hpp"
#include "kernel/acpi/acpi.hpp"
#include "kernel/command_line.hpp"
#include "kernel/console/banner.hpp"
#include "kernel/console/console.hpp"
#include "kernel/debug/deliberate.hpp"
#include "kernel/debug/panic.hpp"
#include "kernel/debug/stack_protector.hpp"
#include "kernel/debug/traps.hpp"
#include "kernel/hand_over.hpp"
#include "kernel/image.hpp"
#include "kernel/init.hpp"
#include "kernel/input/input.hpp"
#include "kernel/interrupts/local_apic.hpp"
#include "kernel/interrupts/routing.hpp"
#include "kernel/log.hpp"
#include "kernel/memory/heap.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/memory/reclaim.hpp"
#include "kernel/memory/stacks.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/processors/start.hpp"
#include "kernel/tests/tests.hpp"
#include "kernel/time/time.hpp"

extern "C" [[noreturn]] void kernel_main();

namespace lintel {
namespace {

/// A kernel that cannot take its memory over cannot go on.
template <class T>
T must(Result<T> result) {
    if (!result) panic(result.error().text);
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// `fault=KIND` fails in that way, and `test=FILTER` runs tests and ends the machine with their verdict.
void obey_command_line() {
    if (const auto kind = option(command_line(), "fault"); kind && !fail_deliberately(*kind))
        log("there is no fault of the kind {}", *kind);
    if (const auto filter = option(command_line(), "test")) {
        const auto failures = run_tests(*filter);
        if (!failures) log_error("{}", failures.error().text);
        arch::leave_machine(failures == 0U ? tests_passed : tests_failed);
    }
}

/// The log is on the screens, except where the kernel is only to halt.
void show_something() {
    if (chosen_init() == Init::halt)
        draw_banner();
    else
        show_log_on_screens();
}

/// The rest of the way, on a stack that an overflow of is noticed.
[[noreturn]] void boot() {
    open_heap();  // `new` works from here on
    open_screens();
    show_something();
    open_acpi();  // the firmware's tables may be asked for from here on
    must(open_local_apic());
    open_routing();  // devices' interrupts can be led to a processor from here on
    must(open_time());
    arch::enable_interrupts();  // handlers run from here on
    start_processors();         // all of them take interrupts from here on
    reclaim_loader_memory();    // what the loader had used is free from here on
    open_input();               // keys come from here on
    obey_command_line();
    run_init();
}

}  // namespace
}  // namespace lintel

extern "C" void kernel_main() {
    using namespace lintel;

    const std::uint64_t entry_time = arch::timestamp();  // first: the boot's cost ends here
    open_processors();                                   // this_processor() is known from here on
    open_stack_protector();                              // what writes past an array is found out from here on
    set_outermost_frame(VirtAddr(reinterpret_cast<std::uint64_t>(__builtin_frame_address(0))));
    open_log();                 // log() is heard from here on
    run_global_constructors();  // any global may be used from here on
    log("entry tsc {}", entry_time);
    open_traps();             // an exception is a panic from here on
    require_base_revision();  // responses may be read from here on
    open_clock(entry_time);   // now() tells the time, and so does the log, from here on
    configure_log();          // only lines of the level that is asked for are shown from here on
    log_hand_over();
    must(open_memory());  // frames can be had from here on, and nothing is mapped that should not be
    must(guard_trap_stacks());
    arch::run_on_stack(must(make_kernel_stack("main")).top(), boot);
}
