// `lintel init`: writes files that a project needs once, and the person owns from then on.
// Invariant: a file that is there is not touched unless the person insists.
#include <cstdio>

#include "runner/cli/command_line.hpp"
#include "runner/cli/setup.hpp"
#include "runner/project/ci_file.hpp"

namespace lintel::runner {

namespace {

struct InitOptions {
    std::optional<CiService> ci{};
    unsigned shards = 4;
    bool force = false;
};

/// Beside the project's file, or here.
Outcome<fs::path> project_folder() {
    std::error_code error;
    const fs::path here = fs::current_path(error);
    if (error) return refuse("cannot tell the current folder: {}", error.message());
    auto file = find_project_file(here);
    return file ? file->parent_path() : here;
}

Outcome<Exit> init_command(const InitOptions& options) {
    if (!options.ci) return refuse("nothing to make; say what, for example: lintel init --ci github");
    const fs::path folder = TRY(project_folder());
    const fs::path file = folder / ci_file_path(*options.ci);
    if (std::error_code error; fs::exists(file, error) && !options.force)
        return refuse("{} is there already; --force replaces it", file.string());
    TRY(make_folders(file.parent_path()));
    PendingFile pending(file);
    TRY(write_file(pending.path(), ci_file(*options.ci, options.shards, build_command(folder))));
    TRY(pending.commit());
    fmt::print("{}\n", file.string());
    say("it expects Lintel's Debian package as lintel.deb in the repository; its first lines say where to change that");
    return Exit::success;
}

}  // namespace

void add_init(CommandLine& line) {
    CLI::App& init = *line.app.add_subcommand("init", "write the file that makes a CI service test your kernels");
    init.footer("Example: lintel init --ci github --shards 8");
    auto options = std::make_shared<InitOptions>();
    add_choice(
        init, "--ci", options->ci,
        std::map<std::string, std::optional<CiService>>{{"github", CiService::github}, {"gitlab", CiService::gitlab}},
        "the service: github or gitlab");
    init.add_option("--shards", options->shards, "machines to spread the kernels over (4)")
        ->type_name("N")
        ->check(CLI::Range(1U, 64U));
    init.add_flag("--force", options->force, "replace a file that is there");
    init.final_callback(
        [&line, options] { line.chosen = [options](const Project&) { return init_command(*options); }; });
}

}  // namespace lintel::runner
