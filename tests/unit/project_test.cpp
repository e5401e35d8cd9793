// lintel.toml: what it may say, what is said about a mistake, and which of several places wins.
#include <gtest/gtest.h>

#include <set>

#include "runner/project/project_file.hpp"
#include "runner/project/settings.hpp"

namespace lintel::runner {
namespace {

const fs::path place = "/home/me/my kernel/lintel.toml";

ProjectFile good(std::string_view text) {
    auto file = parse_project(text, place);
    EXPECT_TRUE(file) << (file ? "" : file.error().sentence);
    return file ? *file : ProjectFile{};
}

std::string complaint_about(std::string_view text) {
    auto file = parse_project(text, place);
    if (file) return "it was taken";
    EXPECT_EQ(file.error().code, Exit::refused);
    constexpr std::string_view start = "/home/me/my kernel/lintel.toml:";
    EXPECT_TRUE(file.error().sentence.starts_with(start)) << file.error().sentence;
    return file.error().sentence.substr(start.size());
}

const Setting& of(const std::vector<Setting>& settings, std::string_view name) {
    for (const Setting& setting : settings)
        if (setting.key->full_name() == name) return setting;
    throw std::runtime_error("no such setting");
}

TEST(ProjectFile, takes_every_key_and_makes_paths_absolute) {
    auto file = good(R"(
        kernel = "build/kernel.elf"
        config = "/etc/limine.conf"
        cmdline = "quiet"
        modules = ["a.img", "../b.img"]
        files = "root fs"
        loader = "lintel"
        firmware = "direct"
        accel = "tcg"
        memory = "1G"
        cpus = 2
        qemu-args = ["-device", "edu"]
        timeout = 2.5
        [test]
        kernels = ["build/tests/*.elf"]
        timeout = 10
        jobs = 4
        retries = 1
        artifacts = "out"
        memory = "64M"
        [profile.smp]
        cpus = 4
        [profile.smp.test]
        jobs = 1
    )");
    EXPECT_EQ(file.base.plain.size(), 12U);
    EXPECT_EQ(file.base.plain.at("kernel").words[0], "/home/me/my kernel/build/kernel.elf");
    EXPECT_EQ(file.base.plain.at("config").words[0], "/etc/limine.conf");
    EXPECT_EQ(file.base.plain.at("modules").words[1], "/home/me/b.img");
    EXPECT_EQ(file.base.plain.at("timeout").words[0], "2.5");
    EXPECT_EQ(file.base.plain.at("kernel").place, "/home/me/my kernel/lintel.toml:2");
    EXPECT_EQ(file.base.test.at("kernels").words[0], "/home/me/my kernel/build/tests/*.elf");
    EXPECT_EQ(file.base.test.at("memory").words[0], "64M");
    EXPECT_EQ(file.profiles.at("smp").plain.at("cpus").words[0], "4");
    EXPECT_EQ(file.profiles.at("smp").test.at("jobs").words[0], "1");
}

TEST(ProjectFile, may_be_empty) { EXPECT_TRUE(good("").base.plain.empty()); }

TEST(ProjectFile, an_unknown_key_is_named_with_its_place_and_the_nearest_known_one) {
    EXPECT_EQ(complaint_about("memroy = \"1G\""), "1:1: there is no key memroy; did you mean memory?");
    EXPECT_EQ(complaint_about("\n  processors = 2"), "2:3: there is no key processors; did you mean cpus?");
    EXPECT_EQ(complaint_about("wallpaper = 2"), "1:1: there is no key wallpaper");
    EXPECT_EQ(complaint_about("jobs = 2"), "1:1: there is no key jobs here; it belongs in [test]");
    EXPECT_EQ(complaint_about("[test]\nkernel-s = []"), "2:1: there is no key kernel-s; did you mean kernels?");
    EXPECT_EQ(complaint_about("[profile.smp]\ncpu = 2"), "2:1: there is no key cpu; did you mean cpus?");
    EXPECT_EQ(complaint_about("[profiles.smp]\ncpus = 2"), "1:2: there is no key profiles; did you mean profile?");
}

TEST(ProjectFile, the_first_of_several_mistakes_is_the_one_that_is_named) {
    EXPECT_EQ(complaint_about("zebra = 1\napple = 1"), "1:1: there is no key zebra");
}

TEST(ProjectFile, a_wrong_type_is_named_with_what_is_right) {
    EXPECT_EQ(complaint_about("kernel = 3"), "1:10: kernel must be a path in quotation marks");
    EXPECT_EQ(complaint_about("cmdline = true"), "1:11: cmdline must be a text in quotation marks");
    EXPECT_EQ(complaint_about("cpus = \"2\""), "1:8: cpus must be a whole number from 1 to 255");
    EXPECT_EQ(complaint_about("cpus = 1.5"), "1:8: cpus must be a whole number from 1 to 255");
    EXPECT_EQ(complaint_about("modules = [\"a\", 1]"),
              "1:17: modules must be a list of texts, such as [\"one\", \"two\"]");
    EXPECT_EQ(complaint_about("memory = 512"), "1:10: memory must be a size such as \"512M\"");
    EXPECT_EQ(complaint_about("timeout = 1979-05-27"), "1:11: timeout must be a number of seconds from 0 to 86400");
    EXPECT_EQ(complaint_about("test = 1"), "1:8: [test] must be a table");
    EXPECT_EQ(complaint_about("[profile]\nsmp = 1"), "2:7: [profile.NAME] must be a table");
    EXPECT_EQ(complaint_about("profile = 1"), "1:11: [profile] must be a table");
}

TEST(ProjectFile, a_value_out_of_range_is_named_with_the_range) {
    EXPECT_EQ(complaint_about("cpus = 0"), "1:8: cpus must be a whole number from 1 to 255");
    EXPECT_EQ(complaint_about("cpus = 256"), "1:8: cpus must be a whole number from 1 to 255");
    EXPECT_EQ(complaint_about("firmware = \"bios\""), "1:12: firmware must be one of: uefi direct");
    EXPECT_EQ(complaint_about("firmware = \"\""), "1:12: firmware must be one of: uefi direct");
    EXPECT_EQ(complaint_about("memory = \"lots\""), "1:10: memory must be a size such as \"512M\"");
    EXPECT_EQ(complaint_about("memory = \"0M\""), "1:10: memory must be a size such as \"512M\"");
    EXPECT_EQ(complaint_about("timeout = -1"), "1:11: timeout must be a number of seconds from 0 to 86400");
    EXPECT_EQ(complaint_about("timeout = nan"), "1:11: timeout must be a number of seconds from 0 to 86400");
    EXPECT_EQ(complaint_about("kernel = \"\""), "1:10: kernel must not be empty");
}

TEST(ProjectFile, a_syntax_error_is_one_sentence_with_its_place) {
    for (const char* text :
         {"kernel = ", "kernel = \"a", "[test", "= 1", "a b = 1", "kernel = \"a\"\nkernel = \"b\"", "\xff"}) {
        const std::string sentence = complaint_about(text);
        EXPECT_TRUE(sentence.starts_with("1:") || sentence.starts_with("2:")) << sentence;
        EXPECT_FALSE(sentence.contains('\n')) << sentence;
    }
}

TEST(ProjectFile, is_looked_for_here_and_in_the_folders_above) {
    auto made = TemporaryFolder::make();
    ASSERT_TRUE(made);
    ASSERT_TRUE(make_folders(made->path() / "ä b/c/d"));
    EXPECT_EQ(find_project_file(made->path() / "ä b/c/d"), std::nullopt);
    ASSERT_TRUE(write_file(made->path() / "lintel.toml", ""));
    EXPECT_EQ(find_project_file(made->path() / "ä b/c/d"), made->path() / "lintel.toml");
    ASSERT_TRUE(write_file(made->path() / "ä b/c/lintel.toml", ""));
    EXPECT_EQ(find_project_file(made->path() / "ä b/c/d"), made->path() / "ä b/c/lintel.toml");
}

/// The places that can name the memory, from the weakest to the strongest.
enum Named { in_file = 1, in_profile = 2, in_environment = 4, in_flag = 8 };

TEST(Precedence, every_combination_of_places_gives_the_strongest) {
    for (int places = 0; places < 16; ++places) {
        auto file = good(std::string(places & in_file ? "memory = \"1M\"\n" : "") + "[profile.p]\n" +
                         (places & in_profile ? "memory = \"2M\"\n" : ""));
        Request request{.file = &file, .profile = "p"};
        request.environment = [&](const std::string& name) {
            return places & in_environment && name == "LINTEL_MEMORY" ? std::optional<std::string>("3M") : std::nullopt;
        };
        request.flag = [&](const Key& key) {
            return places & in_flag && key.name == "memory" ? std::vector<std::string>{"4M"}
                                                            : std::vector<std::string>{};
        };
        auto settings = settle(request);
        ASSERT_TRUE(settings);
        const Setting& memory = of(*settings, "memory");
        ASSERT_EQ(memory.values.size(), 1U);
        const Value& value = memory.values[0];
        if (places & in_flag) {
            EXPECT_EQ(value.words[0], "4M");
            EXPECT_EQ(value.source, Source::flag);
            EXPECT_EQ(value.place, "--memory");
        } else if (places & in_environment) {
            EXPECT_EQ(value.words[0], "3M");
            EXPECT_EQ(value.source, Source::environment);
            EXPECT_EQ(value.place, "LINTEL_MEMORY");
        } else if (places & in_profile) {
            EXPECT_EQ(value.words[0], "2M");
            EXPECT_EQ(value.source, Source::profile);
        } else if (places & in_file) {
            EXPECT_EQ(value.words[0], "1M");
            EXPECT_EQ(value.source, Source::file);
            EXPECT_EQ(value.place, place.string() + ":1");
        } else {
            EXPECT_EQ(value.words[0], "512M");
            EXPECT_EQ(value.source, Source::standard);
        }
    }
}

TEST(Precedence, a_profile_counts_only_when_it_is_chosen) {
    auto file = good("memory = \"1M\"\n[profile.p]\nmemory = \"2M\"");
    EXPECT_EQ(of(*settle({.file = &file}), "memory").words()[0], "1M");
    EXPECT_EQ(of(*settle({.file = &file, .profile = "p"}), "memory").words()[0], "2M");
}

TEST(Precedence, lists_add_up_from_the_weakest_to_the_strongest) {
    auto file = good("qemu-args = [\"a\"]\nmodules = [\"/m\"]\n[profile.p]\nqemu-args = [\"b\"]");
    Request request{.file = &file, .profile = "p"};
    request.environment = [&](const std::string& name) -> std::optional<std::string> {
        if (name == "LINTEL_QEMU_ARGS") return "c1  c2";
        if (name == "LINTEL_MODULES") return "/n:/o o";
        return std::nullopt;
    };
    request.flag = [&](const Key& key) {
        return key.name == "qemu-args" ? std::vector<std::string>{"d"} : std::vector<std::string>{};
    };
    auto settings = settle(request);
    ASSERT_TRUE(settings);
    EXPECT_EQ(of(*settings, "qemu-args").words(), (std::vector<std::string>{"a", "b", "c1", "c2", "d"}));
    EXPECT_EQ(of(*settings, "modules").words(), (std::vector<std::string>{"/m", "/n", "/o o"}));
}

TEST(Precedence, for_tests_the_table_test_wins_over_what_stands_outside_it) {
    auto file = good(
        "memory = \"1M\"\n[test]\nmemory = \"2M\"\n[profile.p]\nmemory = \"3M\"\n[profile.p.test]\nmemory = \"4M\"");
    EXPECT_EQ(of(*settle({.file = &file}), "memory").words()[0], "1M");
    EXPECT_EQ(of(*settle({.file = &file, .test = true}), "memory").words()[0], "2M");
    EXPECT_EQ(of(*settle({.file = &file, .profile = "p"}), "memory").words()[0], "3M");
    EXPECT_EQ(of(*settle({.file = &file, .profile = "p", .test = true}), "memory").words()[0], "4M");
}

TEST(Precedence, the_kernels_of_a_stronger_place_replace_the_others) {
    auto file = good("[test]\nkernels = [\"/a\", \"/b\"]\n[profile.p.test]\nkernels = [\"/c\"]");
    EXPECT_EQ(of(*settle({.file = &file, .profile = "p"}), "test.kernels").words(), std::vector<std::string>{"/c"});
}

TEST(Precedence, an_unknown_profile_is_refused_with_the_nearest_known_one) {
    auto file = good("[profile.smp]\n");
    auto settings = settle({.file = &file, .profile = "spm"});
    ASSERT_FALSE(settings);
    EXPECT_EQ(settings.error().sentence, "there is no profile spm in " + place.string() + "; did you mean smp?");
    EXPECT_EQ(settle({.profile = "smp"}).error().sentence,
              "there is no profile smp: no lintel.toml here or in a folder above");
}

TEST(Precedence, a_wrong_value_in_a_variable_is_refused_by_the_variables_name) {
    Request request{};
    request.environment = [](const std::string& name) {
        return name == "LINTEL_CPUS" ? std::optional<std::string>("many") : std::nullopt;
    };
    auto settings = settle(request);
    ASSERT_FALSE(settings);
    EXPECT_EQ(settings.error().sentence, "LINTEL_CPUS=many: cpus must be a whole number from 1 to 255");
}

TEST(Keys, no_two_share_a_variable_and_every_default_is_good) {
    std::set<std::string> variables;
    for (const Key& key : keys()) {
        EXPECT_TRUE(variables.insert(key.variable()).second) << key.variable();
        if (!key.standard.empty()) {
            EXPECT_EQ(complaint(key, key.standard), std::nullopt) << key.full_name();
        }
    }
    EXPECT_TRUE(variables.contains("LINTEL_QEMU_ARGS"));
    EXPECT_TRUE(variables.contains("LINTEL_TEST_JOBS"));
}

}  // namespace
}  // namespace lintel::runner
