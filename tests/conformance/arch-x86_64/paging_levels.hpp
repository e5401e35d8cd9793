// Which paging mode the processor was entered in, which it has, and whether its pages can forbid execution.
#pragma once

#include <string_view>

#include "arch/x86_64/registers.hpp"
#include "tests/conformance/arch-x86_64/entry_state.hpp"

namespace lintel::conformance {

inline bool in_five_levels() { return (entry_state.cr4 & arch::cr4_la57) != 0; }

/// Where the higher half of the address space begins.
inline std::uint64_t higher_half() { return in_five_levels() ? 0xff00'0000'0000'0000 : 0xffff'8000'0000'0000; }

/// Whether the processor could be in five levels (Intel SDM vol. 2A, CPUID 07H).
bool has_five_levels();

/// Whether it has the bit that forbids execution.
inline constexpr std::string_view without_no_execute = "this processor cannot forbid execution";
inline bool has_no_execute() { return arch::has_no_execute(); }

}  // namespace lintel::conformance
