// A new kernel project out of the template.
// Invariant: the project appears whole or not at all, and nothing that was there before changes.
#pragma once

#include "runner/host/files.hpp"

namespace lintel::runner {

/// What is wrong with `name` for a project, as the end of a sentence; nothing where it is good.
std::optional<std::string> complaint_about_name(std::string_view name);

/// Makes the folder `target`, which must not exist yet, from the folder `pattern`. In each file, @NAME@ becomes the
/// folder's name.
Outcome<void> make_project(const fs::path& pattern, const fs::path& target);

}  // namespace lintel::runner
