// The file that makes a continuous-integration service build a project and spread its tests over several machines.
// Invariant: what is written uses nothing but the service itself, Debian's packages and the `lintel` command.
#pragma once

#include <string>

#include "runner/host/files.hpp"

namespace lintel::runner {

enum class CiService { github, gitlab };

/// Where the service looks for its file, from the project's folder on.
fs::path ci_file_path(CiService service);

/// How the project in `folder` is built, by the files that it has; by `make` where they tell nothing.
std::string build_command(const fs::path& folder);

std::string ci_file(CiService service, unsigned shards, const std::string& build);

}  // namespace lintel::runner
