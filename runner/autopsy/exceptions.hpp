// Exceptions in words (Intel SDM volume 3, table 6-1 and chapter 6.13; AMD64 volume 2, chapter 8).
// Invariant: every vector and error code has words.
#pragma once

#include <string>

#include "runner/machine/fault_log.hpp"

namespace lintel::runner {

/// "page fault (#PF)"; "interrupt 0x20" for those that have no name.
std::string name_of_vector(unsigned vector);

/// What the error code adds: "a write to a page that is not mapped"; empty where there is none.
std::string describe_error(const Fault& fault);

/// Of a page fault's error code.
constexpr bool fault_present(std::uint64_t error) { return (error & 1) != 0; }
constexpr bool fault_write(std::uint64_t error) { return (error & 2) != 0; }
constexpr bool fault_fetch(std::uint64_t error) { return (error & 16) != 0; }

}  // namespace lintel::runner
