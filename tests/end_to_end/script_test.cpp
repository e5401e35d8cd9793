// The script in front of the runner, in made-up trees: what it finds, what it passes on, what it refuses.
#include <gtest/gtest.h>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

/// A tree that is built already, in a folder with a space; its "runner" prints how it was called.
class Script : public testing::Test {
protected:
    Script() {
        tree.add_program("a tree/lintel", contents(source_folder() / "lintel"));
        tree.add("a tree/build/build.ninja", "");
        tree.add("a tree/build/os.iso", "");
        tree.add("a tree/build/CMakeCache.txt", "LINTEL_TESTS:BOOL=ON\n");
        tree.add_program("a tree/build/runner/lintel", "#!/bin/sh\npwd\nprintf '<%s>\\n' \"$0\" \"$@\"\n");
        tree.add_program("bin/ninja",
                         "#!/bin/sh\necho \"$@\" >>\"$NINJA_LOG\"\n[ ! -e \"$NINJA_FAILS\" ] || "
                         "{ echo 'main.cpp:3: error: no'; exit 1; }\n");
        settings = {{"PATH", (tree / "bin").string() + ":" + std::getenv("PATH")},
                    {"NINJA_LOG", (tree / "ninja.log").string()},
                    {"NINJA_FAILS", (tree / "fails").string()}};
    }
    Answer type(const std::string& words) { return run({"/bin/bash", "-c", "cd / && " + words}, settings); }
    Scratch tree;
    Settings settings;
};

TEST_F(Script, works_from_anywhere_through_links_and_spaces_and_passes_every_word_on) {
    fs::create_directory(tree / "links");
    fs::create_symlink("../a tree/lintel", tree / "links/one");
    fs::create_symlink(tree / "links/one", tree / "links/two");
    auto answer = type("'" + (tree / "links/two").string() + "' run --timeout 3 -- -s 'a b' ''");
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_EQ(answer.out, "/\n<" + (tree / "a tree/build/runner/lintel").string() +
                              ">\n<run>\n<--timeout>\n<3>\n<-->\n<-s>\n<a b>\n<>\n");
    EXPECT_EQ(answer.err, "");
    EXPECT_TRUE(contents(tree / "ninja.log").contains("boot_image"));
}

TEST_F(Script, tests_of_the_tree_need_all_of_it_and_tests_of_kernels_only_what_boots) {
    const std::string script = "'" + (tree / "a tree/lintel").string() + "'";
    tree.add("project/src/x", "");
    EXPECT_EQ(type(script + " test -- -R unit").code, 0);
    EXPECT_FALSE(contents(tree / "ninja.log").contains("boot_image"));
    EXPECT_EQ(type(script + " test kernel.elf").code, 0);
    EXPECT_TRUE(contents(tree / "ninja.log").contains("boot_image"));

    tree.add("ninja.log", "");
    tree.add("project/lintel.toml", "");
    EXPECT_EQ(type("cd '" + (tree / "project/src").string() + "' && " + script + " test").code, 0);
    EXPECT_TRUE(contents(tree / "ninja.log").contains("boot_image"));
}

TEST_F(Script, a_failed_build_shows_the_compilers_words_and_runs_nothing) {
    tree.add("fails", "");
    auto answer = type("'" + (tree / "a tree/lintel").string() + "' run");
    EXPECT_EQ(answer.code, 2);
    EXPECT_EQ(answer.out, "");
    EXPECT_TRUE(answer.err.contains("main.cpp:3: error: no\nlintel: the build failed")) << answer.err;
}

TEST_F(Script, names_missing_packages_and_installs_nothing_where_that_is_not_wanted) {
    for (const char* tool : {"bash", "readlink", "id", "mkdir"})
        fs::create_symlink(fs::path("/usr/bin") / tool, tree / "bin" / tool);
    tree.add_program("bin/apt-get", "#!/bin/sh\necho called >>\"$NINJA_LOG\"\n");
    settings[0].second = (tree / "bin").string();
    settings.emplace_back("LINTEL_NO_INSTALL", "1");
    auto answer = run({"/bin/bash", tree / "a tree/lintel", "run"}, settings);
    EXPECT_EQ(answer.code, 2);
    EXPECT_TRUE(answer.err.contains("apt-get install -y --no-install-recommends clang-19 lld-19")) << answer.err;
    EXPECT_TRUE(answer.err.contains(" xorriso mtools ")) << answer.err;
    EXPECT_FALSE(fs::exists(tree / "ninja.log"));
}

TEST_F(Script, installs_what_is_missing) {
    for (const char* tool : {"bash", "readlink", "mkdir", "env", "flock", "grep"})
        fs::create_symlink(fs::path("/usr/bin") / tool, tree / "bin" / tool);
    tree.add_program("bin/id", "#!/bin/sh\necho 0\n");
    tree.add_program("bin/apt-get", "#!/bin/sh\necho apt-get \"$@\" \"$DEBIAN_FRONTEND\" >>\"$NINJA_LOG\"\n");
    settings[0].second = (tree / "bin").string();
    auto answer = run({"/bin/bash", tree / "a tree/lintel", "run"}, settings);
    EXPECT_EQ(answer.code, 0) << answer.err;
    const std::string log = contents(tree / "ninja.log");
    EXPECT_TRUE(log.starts_with("apt-get update")) << log;
    EXPECT_TRUE(log.contains("apt-get install -y --no-install-recommends clang-19")) << log;
    EXPECT_TRUE(log.contains(" noninteractive\n")) << log;
}

}  // namespace
}  // namespace lintel::end_to_end
