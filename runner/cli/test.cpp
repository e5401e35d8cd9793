// `lintel test`: kernels of the person's own, each in its machine; without any, all tests of this tree, through CTest.
// Invariant: the results of the tree's tests are in build/test-results.xml whether they are good or bad.
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "runner/cli/command_line.hpp"
#include "runner/cli/setup.hpp"
#include "runner/cli/test_kernels.hpp"
#include "runner/host/process.hpp"

namespace lintel::runner {

namespace {

Outcome<Exit> test_tree(const Project& project, const std::vector<std::string>& extra) {
    auto ctest = find_program("ctest");
    if (!ctest) return refuse("ctest is missing; install it with: apt-get install cmake");
    const fs::path results = project.build / "test-results.xml";
    // Two tests for each processor: half of their time they wait for a machine, a debugger or a clock.
    const unsigned side_by_side = 2 * std::max(1U, std::thread::hardware_concurrency());
    Launch launch{.arguments = {*ctest, "--preset", "test", "--test-dir", project.build, "--output-junit", results,
                                "--parallel", fmt::format("{}", side_by_side)}};
    launch.arguments.insert(launch.arguments.end(), extra.begin(), extra.end());
    launch.folder = project.source;
    auto process = TRY(Process::start(launch));
    int status = process.wait();
    say(fmt::format("results      {}", results.string()));
    if (status == 0) return Exit::success;
    return std::unexpected(Failure{"tests failed; their names are above", Exit{1}});
}

/// The folder for artifacts where nobody names one: beside the project's file, or here.
std::string default_artifacts(const CommandLine& line) {
    const fs::path folder = line.project ? line.project->path.parent_path() : fs::path(".");
    return (folder / find_key("artifacts", true)->standard).string();
}

Outcome<Exit> test_command(const CommandLine& line, const CLI::App& command, const Project& project,
                           TestOptions options) {
    if (options.kernels.empty() && line.project)
        return refuse("{} names no kernels to test; add to its [test]: kernels = [\"build/tests/*.elf\"]",
                      line.project->path.string());
    if (options.kernels.empty()) {
        // These are CTest's business, and it has options of its own.
        for (const CLI::Option* option : command.get_options())
            if (option->count() != 0 && option->get_group() != common_group)
                return refuse("{} is for kernels, and none is named; see lintel test --help", option->get_name());
        if (project.installed()) return refuse("no kernels given; name them, or write lintel.toml with [test] kernels");
        return test_tree(project, line.extra);
    }
    if (options.artifacts.empty()) options.artifacts = default_artifacts(line);
    options.artifacts = fs::absolute(options.artifacts).lexically_normal();
    options.machine.extra = line.extra;
    return test_kernels(project, options, line.palette(1));
}

}  // namespace

void add_test(CommandLine& line) {
    CLI::App& test = *line.app.add_subcommand("test", "boot kernels that test themselves; without any: test this tree");
    test.footer(
        "What follows -- is for QEMU, or for ctest where this tree is tested.\n"
        "Example: lintel test build/tests/*.elf --shard 1/4 --format junit -o r.xml");
    auto shared = std::make_shared<TestOptions>();
    TestOptions& options = *shared;
    test.add_option("KERNEL", options.kernels, "in place of those that lintel.toml names");
    test.add_option("--filter", options.filter, "only kernels with this in their name, or like this: 'mm-*'")
        ->type_name("PATTERN");
    test.add_option("--timeout", options.timeout, "for each test (20; 0: none)")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.0, longest_timeout));
    test.add_option("--jobs", options.jobs, "machines side by side (one for each processor)")
        ->type_name("N")
        ->check(CLI::Range(1U, 64U));
    test.add_option("--retries", options.retries, "boot a kernel that failed so often again (0)")
        ->type_name("N")
        ->check(CLI::Range(0U, 10U));
    test.add_option("--shard", options.shard, "one part of the kernels: 2/4")->type_name("I/N");
    add_choice(test, "--format", options.format,
               {{"human", ReportFormat::human}, {"tap", ReportFormat::tap}, {"junit", ReportFormat::junit}},
               "of the report: human, tap or junit");
    test.add_option("-o,--output", options.output, "a file for the report")->type_name("FILE");
    test.add_option("--artifacts", options.artifacts, "a folder for what failures leave (lintel-artifacts)")
        ->type_name("DIR");
    add_image_options(test, options.image);
    test.get_option("--kernel")->group("");  // the kernels are the arguments
    add_machine_options(test, options.machine);
    test.final_callback([&line, &test, shared] {
        line.chosen = [&line, &test, shared](const Project& project) {
            return test_command(line, test, project, *shared);
        };
    });
}

}  // namespace lintel::runner
