// lintel.toml as a person uses it: found from a folder below, told apart from flags and variables, and obeyed.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

/// A project in a folder with a space and an umlaut.
class Project : public testing::Test {
protected:
    fs::path write(std::string_view text) { return project.add("my kérnel/lintel.toml", text); }
    Answer type(Words words, const Settings& settings = {}) {
        fs::create_directories(project / "my kérnel/src");
        Words all = {"/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", (project / "my kérnel/src").string(), command()};
        all.insert(all.end(), words.begin(), words.end());
        return run(all, settings);
    }
    Scratch project;
};

constexpr std::string_view example = R"(kernel = "build/kernel.elf"
memory = "1G"
qemu-args = ["-device", "edu"]
[profile.smp]
cpus = 4
)";

TEST_F(Project, config_tells_each_value_and_where_it_comes_from) {
    const fs::path file = write(example);
    auto answer = type({"config", "--profile", "smp", "--memory", "2G", "--format", "json", "--", "-s"},
                       {{"LINTEL_ACCEL", "tcg"}});
    ASSERT_EQ(answer.code, 0) << answer.err;
    auto all = nlohmann::json::parse(answer.out);
    EXPECT_EQ(all["project"], file.string());
    EXPECT_EQ(all["profile"], "smp");
    auto expect = [&](const char* key, const nlohmann::json& value, const char* source, const std::string& where) {
        const auto& setting = all["settings"][key];
        EXPECT_EQ(setting["value"], value) << key;
        EXPECT_EQ(setting["from"].back()["source"], source) << key;
        EXPECT_EQ(setting["from"].back()["place"], where) << key;
    };
    expect("kernel", (project / "my kérnel/build/kernel.elf").string(), "file", file.string() + ":1");
    expect("memory", "2G", "flag", "--memory");
    expect("cpus", "4", "profile", file.string() + ":5");
    expect("accel", "tcg", "environment", "LINTEL_ACCEL");
    expect("firmware", "uefi", "default", "");
    expect("qemu-args", {"-device", "edu", "-s"}, "flag", "--");
}

TEST_F(Project, config_is_readable_and_has_colour_only_on_request) {
    write(example);
    auto plain = type({"config", "--profile", "smp"});
    EXPECT_EQ(plain.code, 0);
    EXPECT_TRUE(plain.out.contains("\ncpus            4 ")) << plain.out;
    EXPECT_TRUE(plain.out.contains("  profile smp, lintel.toml:5\n")) << plain.out;
    EXPECT_FALSE(plain.out.contains('\x1b'));
    EXPECT_TRUE(type({"config", "--color", "always"}).out.contains('\x1b'));
}

TEST_F(Project, settings_reach_the_machine) {
    write(
        "memory = \"128M\"\nfirmware = \"direct\"\nqemu-args = [\"-name\", \"from the file\"]\n"
        "[profile.more]\ncpus = 3\n");
    auto answer = type({"run", "--profile", "more", "--verbose", "--timeout", "60", "--", "-name", "typed"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_TRUE(answer.err.contains(" -m 128M ")) << answer.err;
    EXPECT_TRUE(answer.err.contains(" -smp 3 ")) << answer.err;
    EXPECT_TRUE(answer.err.contains(" -name 'from the file' -name typed")) << answer.err;
}

TEST_F(Project, what_is_typed_wins) {
    write("memory = \"128M\"\nfirmware = \"uefi\"\ntimeout = 1\n");
    auto answer = type({"run", "--firmware", "direct", "--memory", "256M", "--verbose", "--timeout", "60"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_TRUE(answer.err.contains(" -m 256M ")) << answer.err;
}

TEST_F(Project, its_kernel_boots_by_itself_and_gives_way_to_one_that_is_typed) {
    write("firmware = \"direct\"\nkernel = \"mine.elf\"\n");
    project.add("my kérnel/mine.elf", scripted_kernel("this is mine\n\x03\x10"));
    const fs::path other = project.add("other.elf", scripted_kernel("this is another\n\x03\x10"));
    auto answer = type({"run"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_TRUE(answer.out.contains("this is mine\n")) << answer.out;
    answer = type({"run", other});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_TRUE(answer.out.contains("this is another\n")) << answer.out;
    answer = type({"run", other, "--kernel", other});
    EXPECT_EQ(answer.code, 2);
}

TEST_F(Project, a_mistake_is_one_sentence_with_its_place_and_starts_nothing) {
    const fs::path file = write("memory = \"1G\"\nkernle = \"a\"\n");
    auto answer = type({"run"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_EQ(answer.err, "lintel: " + file.string() + ":2:1: there is no key kernle; did you mean kernel?\n");
    EXPECT_EQ(answer.out, "");
    // Help is there even then.
    EXPECT_EQ(type({"run", "--help"}).code, 0);
    EXPECT_EQ(type({"help"}).code, 0);
}

TEST_F(Project, a_file_that_cannot_be_read_is_named) {
    fs::create_directories(project / "my kérnel/lintel.toml");
    auto answer = type({"config"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_TRUE(answer.err.contains((project / "my kérnel/lintel.toml").string())) << answer.err;
    answer = type({"config", "--project", "/nowhere/lintel.toml"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_TRUE(answer.err.contains("/nowhere/lintel.toml")) << answer.err;
}

TEST_F(Project, needs_no_home_and_no_file) {
    auto answer = type({"config"}, {{"HOME", "/proc"}});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_TRUE(answer.out.starts_with("project file    none\n")) << answer.out;
}

}  // namespace
}  // namespace lintel::end_to_end
