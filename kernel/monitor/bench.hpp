// What the kernel's own acts cost, in ticks of the time-stamp counter. Where an emulator counts instructions with it
// (docs/performance.md), the figures are the same on every host.
// Invariant: each figure is the least of several runs, so that what else goes on, such as a timer's interrupt, is not
// in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "kernel/monitor/terminal.hpp"

namespace lintel {

/// The name of each benchmark, by index.
std::optional<std::string_view> benchmark_name(std::size_t index);

/// Runs those with `name`, or all where it is empty, and writes a line for each. Fails where there is none.
Status run_benchmarks(Terminal& terminal, std::string_view name);

}  // namespace lintel
