// `lintel init --ide`: with the files that it makes, each editor's debugger stops at a breakpoint in the kernel.
#include <gtest/gtest.h>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

/// A folder whose name has a space and an umlaut.
class Ide : public testing::Test {
protected:
    Ide() { fs::create_directories(folder()); }
    fs::path folder() { return scratch / "my kérnel"; }
    Answer init(const Words& words) {
        Words all = {"/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder().string(), command(), "init"};
        all.insert(all.end(), words.begin(), words.end());
        return run(all);
    }
    /// Makes the files of the editor, and does with them what it does.
    void expect_stop_in_halt_loop(const std::string& editor) {
        auto made = init({"--ide", editor, "--port", std::to_string(free_port())});
        ASSERT_EQ(made.code, 0) << made.err;
        for (const std::string& file : lines_of(made.out)) EXPECT_TRUE(fs::exists(file)) << file;
        auto answer = run({"/usr/bin/env", "python3", source_folder() / "tests/end_to_end/editor.py", editor, folder(),
                           "hlt_loop.cpp:" + line, source_folder() / "lintel", command()},
                          {{"LINTEL_FIRMWARE", "direct"}});
        EXPECT_EQ(answer.code, 0) << answer.out << answer.err;
        const std::string at = editor == "vscode" ? "line=\"" + line + "\"" : "hlt_loop.cpp:" + line;
        EXPECT_TRUE(answer.out.contains("hlt_loop") && answer.out.contains(at)) << answer.out << answer.err;
        if (editor == "vscode") EXPECT_TRUE(answer.out.contains("lintel page")) << answer.out;
    }

    Scratch scratch;
    std::string line = [] {
        std::size_t number = 1;
        for (const std::string& text : lines_of(contents(source_folder() / "kernel/hlt_loop.cpp"))) {
            if (text.contains("disable_interrupts();")) break;
            ++number;
        }
        return std::to_string(number);
    }();
};

TEST_F(Ide, visual_studio_code_stops_at_a_breakpoint_in_this_trees_kernel) { expect_stop_in_halt_loop("vscode"); }
TEST_F(Ide, clion_stops_at_a_breakpoint_in_this_trees_kernel) { expect_stop_in_halt_loop("clion"); }
TEST_F(Ide, lldb_stops_at_a_breakpoint_in_this_trees_kernel) { expect_stop_in_halt_loop("lldb"); }

TEST_F(Ide, a_projects_own_kernel_is_debugged_where_it_has_one) {
    scratch.add("my kérnel/lintel.toml", "kernel = \"build/kernel.elf\"\ncmdline = \"init=halt\"\n");
    scratch.add("my kérnel/build/kernel.elf", contents(kernel()));
    expect_stop_in_halt_loop("vscode");
    EXPECT_TRUE(contents(folder() / ".vscode/launch.json").contains("\"${workspaceFolder}/build/kernel.elf\""));
    EXPECT_EQ(init({"--ide", "clion"}).code, 0);
    EXPECT_TRUE(contents(folder() / ".run/lintel-debug.run.xml").contains("\"$PROJECT_DIR$/build/kernel.elf\""));
    EXPECT_EQ(init({"--ide", "lldb"}).code, 0);
    EXPECT_TRUE(contents(folder() / "lintel.lldb").contains("target create \"build/kernel.elf\""));
}

TEST_F(Ide, the_project_is_built_before_its_machine_starts) {
    scratch.add("my kérnel/lintel.toml", "kernel = \"build/kernel.elf\"\n");
    scratch.add("my kérnel/CMakeLists.txt", "");
    scratch.add("my kérnel/CMakePresets.json",
                R"({"configurePresets": [{"name": "base", "hidden": true}, {"name": "default"}],)"
                R"( "buildPresets": [{"name": "default", "configurePreset": "default"}]})");
    EXPECT_EQ(init({"--ide", "vscode"}).code, 0);
    const std::string tasks = contents(folder() / ".vscode/tasks.json");
    EXPECT_TRUE(tasks.contains("\"cmake --preset default && cmake --build --preset default\"")) << tasks;
    EXPECT_TRUE(tasks.contains("\"dependsOn\": \"lintel: build\"")) << tasks;
}

TEST_F(Ide, files_that_are_there_are_replaced_only_by_force_and_together) {
    scratch.add("my kérnel/.vscode/tasks.json", "mine");
    auto answer = init({"--ide", "vscode"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_EQ(answer.err,
              "lintel: " + (folder() / ".vscode/tasks.json").string() + " is there already; --force replaces it\n");
    EXPECT_EQ(contents(folder() / ".vscode/tasks.json"), "mine");
    EXPECT_FALSE(fs::exists(folder() / ".vscode/launch.json"));
    EXPECT_EQ(init({"--ide", "vscode", "--force"}).code, 0);
    EXPECT_NE(contents(folder() / ".vscode/tasks.json"), "mine");
}

}  // namespace
}  // namespace lintel::end_to_end
