#include "kernel/monitor/commands.hpp"

#include <array>

#include "kernel/debug/deliberate.hpp"
#include "kernel/log.hpp"
#include "kernel/monitor/bench.hpp"
#include "kernel/tests/tests.hpp"

namespace lintel {
namespace {

constexpr std::array table = {
    Command{"mem", "", "how much memory there is, and how much of it is free", show_memory},
    Command{"page", "<address>", "what a virtual address stands for", show_page},
    Command{"tables", "", "GDT, IDT and page tables: what is mapped, and how", show_tables},
    Command{"cpus", "", "the processors", show_processors},
    Command{"irqs", "", "the interrupts: whose they are, and how many have come", show_interrupts},
    Command{"acpi", "", "the tables that the firmware describes the machine in", show_acpi},
    Command{"dmesg", "", "the log so far", show_log},
    Command{"backtrace", "", "who called whom to get here", show_backtrace},
    Command{"fault", "<kind>", "fail in some way, to see how the kernel explains it", raise_fault, fault_kind},
    Command{"test", "[filter]", "run the tests whose names have the filter in them", run_test},
    Command{"bench", "[name]", "what the kernel's own acts cost, in ticks", run_bench, benchmark_name},
    Command{"reboot", "", "start the machine anew", start_anew},
    Command{"poweroff", "", "switch the machine off", switch_off},
};

}  // namespace

std::span<const Command> commands() { return table; }

Status show_log(Terminal& terminal, std::string_view) {
    for_each_log_text([&](std::string_view text) { terminal.write(text); });
    return {};
}

Status raise_fault(Terminal&, std::string_view kind) {
    if (fail_deliberately(kind)) return {};
    return fail(ErrorCode::not_found, "there is no fault of this kind; help fault lists them", kind);
}

std::optional<std::string_view> fault_kind(std::size_t index) {
    for (const std::span<const Failing> list :
         {std::span<const Failing>(failings), heap_failings, processor_failings, undefined_failings}) {
        if (index < list.size()) return list[index].name;
        index -= list.size();
    }
    return std::nullopt;
}

Status run_test(Terminal&, std::string_view filter) {
    TRY(run_tests(filter));
    return {};
}

Status run_bench(Terminal& terminal, std::string_view name) { return run_benchmarks(terminal, name); }

}  // namespace lintel
