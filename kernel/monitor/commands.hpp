// What the monitor can do: one table, of functions in the files beside this one.
// Invariant: a command returns, unless ending the machine is what it is for.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "kernel/monitor/shell.hpp"

namespace lintel {

/// All commands, in the order in which help shows them.
std::span<const Command> commands();

// Memory.
Status show_memory(Terminal& terminal, std::string_view argument);
Status show_tables(Terminal& terminal, std::string_view argument);
Status show_page(Terminal& terminal, std::string_view address);

// Processors and what comes to them.
Status show_processors(Terminal& terminal, std::string_view argument);
Status show_interrupts(Terminal& terminal, std::string_view argument);
Status show_backtrace(Terminal& terminal, std::string_view argument);

// The machine's firmware, and the machine's end.
Status show_acpi(Terminal& terminal, std::string_view argument);
Status switch_off(Terminal& terminal, std::string_view argument);
Status start_anew(Terminal& terminal, std::string_view argument);

// The log; failing on purpose, and not.
Status show_log(Terminal& terminal, std::string_view argument);
Status raise_fault(Terminal& terminal, std::string_view kind);
std::optional<std::string_view> fault_kind(std::size_t index);
Status run_test(Terminal& terminal, std::string_view filter);
Status run_bench(Terminal& terminal, std::string_view name);

}  // namespace lintel
