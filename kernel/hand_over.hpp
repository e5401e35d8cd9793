// What the loader handed over, and whether it can be used at all.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"

namespace lintel {

/// The stack that this kernel asks the loader for.
inline constexpr std::uint64_t loader_stack_bytes = 65536;

/// Halts, saying why, where the loader does not comply with the base revision that this kernel is written for. No
/// other response may be read before.
void require_base_revision();

/// Logs every response, one fact a line.
void log_hand_over();

/// The command line; empty where there is none.
std::string_view command_line();

/// The kernel's own ELF file; empty where the loader does not hand it over.
Bytes executable_file();

}  // namespace lintel
