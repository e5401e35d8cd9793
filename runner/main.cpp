// The host command. The build bakes in which tree it belongs to.
// Invariant: nothing else in the runner knows that there is such a thing as "the" tree.
#include <string>
#include <vector>

#include "runner/cli/cli.hpp"

int main(int count, char** words) {
    const std::vector<std::string> rest(words + 1, words + count);
    return lintel::runner::command_line({LINTEL_SOURCE_FOLDER, LINTEL_BUILD_FOLDER}, rest);
}
