// `lintel test`: all tests, through CTest.
// Invariant: the results are in build/test-results.xml whether they are good or bad.
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "runner/cli/command_line.hpp"
#include "runner/cli/setup.hpp"
#include "runner/host/process.hpp"

namespace lintel::runner {

Outcome<Exit> test_command(const Project& project, const std::vector<std::string>& extra) {
    auto ctest = find_program("ctest");
    if (!ctest) return refuse("ctest is missing; install it with: apt-get install cmake");
    const fs::path results = project.build / "test-results.xml";
    Launch launch{.arguments = {*ctest, "--preset", "test", "--test-dir", project.build, "--output-junit", results,
                                "--parallel", fmt::format("{}", std::max(1U, std::thread::hardware_concurrency()))}};
    launch.arguments.insert(launch.arguments.end(), extra.begin(), extra.end());
    launch.folder = project.source;
    auto process = TRY(Process::start(launch));
    int status = process.wait();
    say(fmt::format("results      {}", results.string()));
    if (status == 0) return Exit::success;
    return std::unexpected(Failure{"tests failed; their names are above", Exit{1}});
}

void add_test(CommandLine& line) {
    line.app.add_subcommand("test", "build and run all tests; -- passes the rest to ctest")->final_callback([&line] {
        line.chosen = [&line](const Project& project) { return test_command(project, line.extra); };
    });
}

}  // namespace lintel::runner
