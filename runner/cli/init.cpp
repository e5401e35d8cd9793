// `lintel init`: writes files that a project needs once, and the person owns from then on.
// Invariant: a file that is there is not touched unless the person insists; of several, all are written or none.
#include <cstdio>

#include "runner/cli/command_line.hpp"
#include "runner/cli/setup.hpp"
#include "runner/host/signals.hpp"
#include "runner/project/ci_file.hpp"
#include "runner/project/ide_files.hpp"

namespace lintel::runner {

namespace {

struct InitOptions {
    std::optional<CiService> ci{};
    std::optional<Ide> ide{};
    unsigned shards = 4;
    std::string kernel{};
    std::uint16_t port = 1234;
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

Outcome<void> write_all(const fs::path& folder, const std::vector<ProjectText>& files, bool force) {
    for (const ProjectText& file : files)
        if (std::error_code error; fs::exists(folder / file.path, error) && !force)
            return refuse("{} is there already; --force replaces it", (folder / file.path).string());
    for (const ProjectText& file : files) {
        const fs::path path = folder / file.path;
        TRY(make_folders(path.parent_path()));
        TRY(replace_file(path, file.text));
        fmt::print("{}\n", path.string());
    }
    return {};
}

/// What `debug` would take for the kernel, in the words that this project starts it with.
Outcome<DebuggedProject> debugged(const Project& project, const InitOptions& options, const fs::path& folder) {
    DebuggedProject result{.folder = folder,
                           .kernel = options.kernel.empty() ? project.kernel() : fs::absolute(options.kernel),
                           .machine = {project.installed() ? "lintel" : (project.source / "lintel").string()},
                           .port = options.port,
                           .gdb_commands = project.gdb_commands()};
    result.kernel = result.kernel.lexically_normal();
    if (result.kernel.empty()) return refuse("no kernel given; name one with --kernel FILE");
    result.machine.insert(result.machine.end(), {"debug", "--wait", "--port", fmt::format("{}", options.port)});
    const bool own = result.kernel == project.kernel();
    if (own) return result;
    result.build = build_command(folder);
    // What lintel.toml says need not be said again.
    const auto file = find_project_file(folder);
    if (!file) result.machine.insert(result.machine.end(), {"--kernel", result.kernel.string()});
    return result;
}

Outcome<Exit> init_command(const Project& project, const InitOptions& options) {
    TRY(Signals::listen());
    if (!options.ci && !options.ide) return refuse("nothing to make; say what, for example: lintel init --ide vscode");
    const fs::path folder = TRY(project_folder());
    std::vector<ProjectText> files;
    if (options.ide) files = ide_files(*options.ide, TRY(debugged(project, options, folder)));
    if (options.ci)
        files.push_back({ci_file_path(*options.ci), ci_file(*options.ci, options.shards, build_command(folder))});
    TRY(write_all(folder, files, options.force));
    if (options.ci)
        say("it expects Lintel's Debian package as lintel.deb in the repository; its first lines say where to change "
            "that");
    return Exit::success;
}

}  // namespace

void add_init(CommandLine& line) {
    CLI::App& init = *line.app.add_subcommand("init", "write the files that a CI service or an editor needs");
    init.footer("Example: lintel init --ci github --shards 8\n         lintel init --ide vscode");
    auto options = std::make_shared<InitOptions>();
    add_choice(
        init, "--ci", options->ci,
        std::map<std::string, std::optional<CiService>>{{"github", CiService::github}, {"gitlab", CiService::gitlab}},
        "tests on a service: github or gitlab");
    init.add_option("--shards", options->shards, "machines to spread the kernels over (4)")
        ->type_name("N")
        ->check(CLI::Range(1U, 64U));
    add_choice(
        init, "--ide", options->ide,
        std::map<std::string, std::optional<Ide>>{{"vscode", Ide::vscode}, {"clion", Ide::clion}, {"lldb", Ide::lldb}},
        "debugging from an editor: vscode, clion or lldb");
    init.add_option("--kernel", options->kernel, "the kernel to debug")->type_name("FILE");
    init.add_option("--port", options->port, "where its machine listens for the debugger (1234)")
        ->type_name("N")
        ->check(CLI::Range(1, 65535));
    init.add_flag("--force", options->force, "replace files that are there");
    init.final_callback([&line, options] {
        line.chosen = [options](const Project& project) { return init_command(project, *options); };
    });
}

}  // namespace lintel::runner
