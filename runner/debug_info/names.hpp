// The names of functions as people write them.
// Invariant: a name that is not understood comes back as it is.
#pragma once

#include <string>

namespace lintel::runner {

/// Demangles a linker's name (Itanium C++ ABI, and Rust's older scheme, which follows it), and drops what makes it
/// long: parameters, return types, template arguments, Rust's hash.
std::string readable_name(const char* symbol);

}  // namespace lintel::runner
