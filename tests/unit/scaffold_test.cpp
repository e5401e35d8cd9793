// New projects from a made-up template, and the command's description for shells and man(1).
#include <gtest/gtest.h>

#include "runner/describe/description.hpp"
#include "runner/scaffold/scaffold.hpp"

namespace lintel::runner {
namespace {

class Scaffold : public testing::Test {
protected:
    Scaffold() : folder_(*TemporaryFolder::make()) {
        EXPECT_TRUE(make_folders(root() / "template/tests"));
        EXPECT_TRUE(write_file(root() / "template/README.md", "# @NAME@\n@NAME@ is @NAME@.\n"));
        EXPECT_TRUE(write_file(root() / "template/gitignore", "/build/\n"));
        EXPECT_TRUE(write_file(root() / "template/tests/one.cpp", "x"));
    }
    [[nodiscard]] const fs::path& root() const { return folder_.path(); }

private:
    TemporaryFolder folder_;
};

TEST_F(Scaffold, a_project_is_the_template_under_its_own_name) {
    auto made = make_project(root() / "template", root() / "My-os_2");
    ASSERT_TRUE(made) << made.error().sentence;
    EXPECT_EQ(*read_file(root() / "My-os_2/README.md", ""), "# My-os_2\nMy-os_2 is My-os_2.\n");
    EXPECT_EQ(*read_file(root() / "My-os_2/.gitignore", ""), "/build/\n");
    EXPECT_TRUE(is_file(root() / "My-os_2/tests/one.cpp"));
    EXPECT_EQ(std::distance(fs::directory_iterator(root()), {}), 2);
}

TEST_F(Scaffold, nothing_that_is_there_is_overwritten) {
    EXPECT_TRUE(make_folders(root() / "folder"));
    EXPECT_TRUE(write_file(root() / "file", "precious"));
    fs::create_symlink("nowhere", root() / "link");
    for (const char* name : {"folder", "file", "link"}) {
        auto made = make_project(root() / "template", root() / name);
        ASSERT_FALSE(made);
        EXPECT_EQ(made.error().sentence, (root() / name).string() + " is there already; choose another name");
    }
    EXPECT_EQ(*read_file(root() / "file", ""), "precious");
}

TEST_F(Scaffold, a_bad_name_is_refused_with_what_is_wrong_with_it) {
    EXPECT_EQ(complaint_about_name("9os"), "must start with a letter");
    EXPECT_EQ(complaint_about_name("-rf"), "must start with a letter");
    EXPECT_EQ(complaint_about_name("a b"), "can have letters, digits, - and _ only");
    EXPECT_EQ(complaint_about_name("ö"), "must start with a letter");
    EXPECT_EQ(complaint_about_name(std::string(65, 'a')), "can have 64 characters at most");
    EXPECT_FALSE(complaint_about_name("a-B_9"));
    EXPECT_EQ(make_project(root() / "template", root() / "a.b").error().sentence,
              "a project's name can have letters, digits, - and _ only: a.b");
    EXPECT_FALSE(fs::exists(root() / "a.b"));
}

TEST_F(Scaffold, a_folder_or_template_that_is_missing_is_named) {
    EXPECT_TRUE(make_project(root() / "template", root() / "none/os").error().sentence.contains("there is no folder"));
    EXPECT_TRUE(make_project(root() / "none", root() / "os").error().sentence.contains("the template"));
}

const DescribedCommand described{
    .name = "tool",
    .text = "does.",
    .commands = {{.name = "go",
                  .text = "it's 'quoted'",
                  .options = {{.names = {"-f", "--file"}, .value = "FILE", .text = "a [file]: what\\else"},
                              {.names = {"--how"}, .value = "WORD", .words = {"one", "two"}, .text = ".how"},
                              {.value = "KERNEL", .text = "the kernel"}}},
                 {.name = "bench",
                  .text = "b",
                  .commands = {{.name = "boot", .text = "inner", .options = {{.names = {"--deep"}}}}}}}};

TEST(Description, each_format_has_every_command_option_and_word) {
    for (const std::string& text :
         {for_bash(described), for_zsh(described), for_fish(described), for_man(described, "")})
        for (const char* word : {"go", "file", "how", "one", "two", "bench", "boot", "deep"})
            EXPECT_TRUE(text.contains(word)) << word << " in " << text;
}

TEST(Description, what_a_format_would_take_for_its_own_is_escaped) {
    EXPECT_TRUE(for_zsh(described).contains("a \\[file\\]\\: what\\\\else")) << for_zsh(described);
    EXPECT_TRUE(for_zsh(described).contains("go:it'\\''s '\\''quoted'\\''")) << for_zsh(described);
    EXPECT_TRUE(for_fish(described).contains("-d 'it'\\''s")) << for_fish(described);
    EXPECT_TRUE(for_man(described, "").contains("\n\\&.how\n")) << for_man(described, "");
    EXPECT_TRUE(for_man(described, "").contains("what\\eelse")) << for_man(described, "");
    EXPECT_TRUE(for_man(described, "").contains("\\-\\-file")) << for_man(described, "");
}

}  // namespace
}  // namespace lintel::runner
