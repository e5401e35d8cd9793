// The host command. Where it is not installed, it belongs to the tree that the build baked in.
// Invariant: nothing else in the runner knows that there is such a thing as "the" tree.
#include <string>
#include <vector>

#include "runner/cli/cli.hpp"

int main(int count, char** words) {
    const std::vector<std::string> rest(words + 1, words + count);
    std::error_code unknown;
    const auto executable = std::filesystem::read_symlink("/proc/self/exe", unknown);
    std::optional<lintel::runner::Project> project = lintel::runner::Project::installed_with(executable);
    if (!project) project = {LINTEL_SOURCE_FOLDER, LINTEL_BUILD_FOLDER};
    return lintel::runner::command_line(*project, rest);
}
