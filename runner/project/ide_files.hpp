// Files that make an editor or a debugger start a kernel in a machine and stop in it.
// Invariant: each file works from the project's folder, wherever that is: paths below it are relative to it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/host/files.hpp"

namespace lintel::runner {

enum class Ide { vscode, clion, lldb };

struct DebuggedProject {
    fs::path folder;
    fs::path kernel;                   // absolute
    std::vector<std::string> machine;  // the command that starts the machine and waits; the program first
    std::string build{};               // a shell's command; empty where the machine's command builds by itself
    std::uint16_t port = 0;
    fs::path gdb_commands;  // absolute
};

struct ProjectText {
    fs::path path;  // from the project's folder on
    std::string text;
};

std::vector<ProjectText> ide_files(Ide ide, const DebuggedProject& project);

}  // namespace lintel::runner
