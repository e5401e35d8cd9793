// `lintel new`: a kernel project to begin with.
#include <cstdio>

#include "runner/cli/command_line.hpp"
#include "runner/cli/setup.hpp"
#include "runner/host/signals.hpp"
#include "runner/scaffold/scaffold.hpp"

namespace lintel::runner {

Outcome<Exit> new_command(const Project& project, const std::string& name) {
    TRY(Signals::listen());
    fs::path target = fs::absolute(name).lexically_normal();
    if (!target.has_filename()) target = target.parent_path();
    TRY(make_project(project.project_template(), target));
    say(
        fmt::format("made {}; next:\n  cd {}\n  cmake --preset default && cmake --build --preset default\n"
                    "  lintel run --firmware direct\n  lintel test",
                    target.string(), name));
    if (!project.installed())
        say("this Lintel is not installed; the project needs one: cmake --install build --prefix ~/.local");
    fmt::print("{}\n", target.string());
    return Exit::success;
}

void add_new(CommandLine& line) {
    CLI::App& command = *line.app.add_subcommand("new", "make a folder with a small kernel project in it");
    auto name = std::make_shared<std::string>();
    command.add_option("name", *name, "the folder, and with it the project's name")->type_name("NAME")->required();
    command.final_callback(
        [&line, name] { line.chosen = [name](const Project& project) { return new_command(project, *name); }; });
}

}  // namespace lintel::runner
