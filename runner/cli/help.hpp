// The help texts, each of which fits a terminal of 24 lines and 80 columns.
// Invariant: options that many commands share are named in each and explained once, under their group's name.
#pragma once

#include "runner/cli/command_line.hpp"

namespace lintel::runner {

/// `lintel help [TOPIC]`, where a topic is a command, a group of options, or "codes".
void add_help(CommandLine& line);

/// What `lintel help codes` says.
std::string_view codes_text();

/// How the texts of --help are made.
std::shared_ptr<CLI::FormatterBase> help_formatter();

}  // namespace lintel::runner
