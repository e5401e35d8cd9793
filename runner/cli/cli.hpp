// From the words that the person typed to a command.
// Invariant: returns a process's exit code; a failure has been said by then, in one sentence on standard error.
#pragma once

#include <span>
#include <string>

#include "runner/cli/project.hpp"

namespace lintel::runner {

int command_line(const Project& project, std::span<const std::string> words);

}  // namespace lintel::runner
