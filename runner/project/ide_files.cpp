// See the header. code.visualstudio.com/docs/cpp/launch-json-reference, code.visualstudio.com/docs/debugtest/tasks;
// jetbrains.com/help/clion/remote-debug.html; lldb.llvm.org/man/lldb.html.
#include "runner/project/ide_files.hpp"

#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "runner/host/process.hpp"

namespace lintel::runner {

namespace {

using OrderedJson = nlohmann::ordered_json;

/// The path as `folder` names it where it lies below that, else as it is.
std::string seen_from(const fs::path& folder, std::string_view folder_name, const fs::path& path) {
    const fs::path relative = path.lexically_relative(folder);
    if (relative.empty() || relative.begin()->string() == "..") return path;
    return fmt::format("{}{}", folder_name, relative.string());
}

/// The machine's command as a person types it in the project's folder.
std::string typed(const DebuggedProject& project) {
    std::vector<std::string> words;
    words.reserve(project.machine.size());
    for (const std::string& word : project.machine) words.push_back(seen_from(project.folder, "./", word));
    return shell_line(words);
}

std::string address(const DebuggedProject& project) { return fmt::format("127.0.0.1:{}", project.port); }

std::string json_text(const OrderedJson& json) { return json.dump(2) + "\n"; }

std::vector<ProjectText> vscode_files(const DebuggedProject& project) {
    constexpr std::string_view workspace = "${workspaceFolder}/";
    constexpr const char* build = "lintel: build";
    constexpr const char* machine = "lintel: machine";
    auto seen = [&](const fs::path& path) { return seen_from(project.folder, workspace, path); };

    OrderedJson arguments = OrderedJson::array();
    for (std::size_t i = 1; i < project.machine.size(); ++i) arguments.push_back(seen(project.machine[i]));
    OrderedJson task = {
        {"label", machine}, {"type", "process"}, {"command", seen(project.machine[0])}, {"args", arguments}};
    task["options"] = {{"cwd", "${workspaceFolder}"}};
    task["isBackground"] = true;
    // The debugger starts at the line that says that the machine waits for it. Nothing is a compiler's message here,
    // and a pattern is demanded all the same: this one matches nothing.
    task["problemMatcher"] = {
        {"pattern", {{"regexp", "(?!)"}, {"file", 1}, {"message", 2}}},
        {"background",
         {{"activeOnStart", true}, {"beginsPattern", "^lintel: kernel "}, {"endsPattern", "^lintel: waiting "}}}};
    OrderedJson tasks = {{"version", "2.0.0"}, {"tasks", OrderedJson::array()}};
    if (!project.build.empty()) {
        task["dependsOn"] = build;
        tasks["tasks"].push_back({{"label", build},
                                  {"type", "shell"},
                                  {"command", project.build},
                                  {"options", {{"cwd", "${workspaceFolder}"}}},
                                  {"problemMatcher", "$gcc"}});
    }
    tasks["tasks"].push_back(task);

    OrderedJson launch = {{"name", "Kernel in a machine (lintel)"},
                          {"type", "cppdbg"},
                          {"request", "launch"},
                          {"program", seen(project.kernel)},
                          {"cwd", "${workspaceFolder}"},
                          {"MIMode", "gdb"},
                          {"miDebuggerServerAddress", address(project)},
                          {"stopAtConnect", true},
                          {"preLaunchTask", machine}};
    launch["setupCommands"] = OrderedJson::array({{{"text", "-enable-pretty-printing"}},
                                                  {{"text", fmt::format("source {}", seen(project.gdb_commands))},
                                                   {"description", "Lintel's commands and printers"},
                                                   {"ignoreFailures", true}}});
    return {
        {".vscode/launch.json", json_text({{"version", "0.2.0"}, {"configurations", OrderedJson::array({launch})}})},
        {".vscode/tasks.json", json_text(tasks)}};
}

std::string in_xml(std::string_view text) {
    std::string result;
    for (char c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '"':
                result += "&quot;";
                break;
            default:
                result += c;
        }
    }
    return result;
}

std::vector<ProjectText> clion_files(const DebuggedProject& project) {
    constexpr std::string_view folder = "$PROJECT_DIR$/";
    auto seen = [&](const fs::path& path) { return seen_from(project.folder, folder, path); };
    constexpr const char* debugger = R"xml(<component name="ProjectRunConfigurationManager">
  <configuration default="false" name="Kernel, debugged (lintel)" type="CLion_Remote" version="1" remoteCommand="{}" symbolFile="{}" sysroot="">
    <debugger kind="GDB" isBundled="true" />
    <method v="2" />
  </configuration>
</component>
)xml";
    constexpr const char* machine = R"xml(<component name="ProjectRunConfigurationManager">
  <configuration default="false" name="Kernel, waiting in a machine (lintel)" type="ShConfigurationType">
    <option name="SCRIPT_TEXT" value="{}" />
    <option name="INDEPENDENT_SCRIPT_PATH" value="true" />
    <option name="SCRIPT_WORKING_DIRECTORY" value="$PROJECT_DIR$" />
    <option name="INDEPENDENT_SCRIPT_WORKING_DIRECTORY" value="true" />
    <option name="EXECUTE_IN_TERMINAL" value="true" />
    <option name="EXECUTE_SCRIPT_FILE" value="false" />
    <envs />
    <method v="2" />
  </configuration>
</component>
)xml";
    return {
        {".run/lintel-machine.run.xml", fmt::format(machine, in_xml(typed(project)))},
        {".run/lintel-debug.run.xml", fmt::format(debugger, address(project), in_xml(seen(project.kernel)))},
    };
}

std::vector<ProjectText> lldb_files(const DebuggedProject& project) {
    std::string kernel;
    for (char c : seen_from(project.folder, "", project.kernel)) {
        if (c == '"' || c == '\\') kernel += '\\';
        kernel += c;
    }
    constexpr const char* text = R"(# Made by `lintel init --ide lldb`. In one terminal, here:
#     {}
# and once that waits, in another:
#     lldb --source lintel.lldb
target create "{}"
gdb-remote {}
)";
    return {{"lintel.lldb", fmt::format(text, typed(project), kernel, address(project))}};
}

}  // namespace

std::vector<ProjectText> ide_files(Ide ide, const DebuggedProject& project) {
    switch (ide) {
        case Ide::vscode:
            return vscode_files(project);
        case Ide::clion:
            return clion_files(project);
        case Ide::lldb:
            return lldb_files(project);
    }
    return {};
}

}  // namespace lintel::runner
