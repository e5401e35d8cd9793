// Lintel as its users get it: installed under a prefix of their choice, without this tree; and what they begin with.
#include <gtest/gtest.h>

#include <map>
#include <regex>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

/// Installed once for all tests here: the prefix has a space and a letter that is not ASCII.
class Package : public testing::Test {
protected:
    static void SetUpTestSuite() {
        scratch = new Scratch;
        prefix = *scratch / "the prefix ü";
        auto answer = run({"/usr/bin/cmake", "--install", build_folder(), "--prefix", prefix});
        ASSERT_EQ(answer.code, 0) << answer.out << answer.err;
    }
    static void TearDownTestSuite() { delete scratch; }

    static fs::path installed() { return prefix / "bin/lintel"; }
    /// A shell in a folder of the scratch, with the installed command in PATH.
    static Answer type(const fs::path& folder, const std::string& words) {
        return run({"/bin/bash", "-c", "cd \"$1\" && " + words, "bash", *scratch / folder},
                   {{"PATH", (prefix / "bin").string() + ":" + std::getenv("PATH")}});
    }

    static inline Scratch* scratch = nullptr;
    static inline fs::path prefix;
};

TEST_F(Package, a_new_project_builds_boots_and_passes_its_test) {
    auto answer = type("", "lintel new my-os");
    ASSERT_EQ(answer.code, 0) << answer.err;
    EXPECT_EQ(answer.out, (*scratch / "my-os").string() + "\n");
    answer = type("my-os", "cmake --preset default && cmake --build --preset default");
    ASSERT_EQ(answer.code, 0) << answer.out << answer.err;
    EXPECT_FALSE(answer.out.contains("warning")) << answer.out;

    answer = type("my-os",
                  "lintel run --kernel build/kernel.elf --config limine.conf --firmware direct --headless "
                  "--until-halt");
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(answer.out.contains("hello from my-os\nhalted\n")) << answer.out;
    EXPECT_TRUE(answer.err.contains((prefix / "share/lintel/direct.elf").string())) << answer.err;

    answer = type("my-os", "lintel test");
    EXPECT_EQ(answer.code, 0) << answer.out << answer.err;
    EXPECT_EQ(answer.out, "ok      screen_test: the_picture_is_on_the_screen\n");

    answer = type("my-os", "ctest --preset default --no-tests=error");
    EXPECT_EQ(answer.code, 0) << answer.out << answer.err;
    EXPECT_TRUE(answer.out.contains("100% tests passed, 0 tests failed out of 2")) << answer.out;
}

TEST_F(Package, the_installed_command_boots_any_kernel_through_uefi) {
    auto answer = run(
        {installed(), "run", "--kernel", kernel(), "--loader", "lintel", "--timeout", "100", "--cmdline", "init=halt"});
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(answer.out.ends_with("kernel: halted\n")) << answer.out;
}

TEST_F(Package, images_land_where_the_person_is) {
    scratch->add("somewhere/kernel.elf", contents(kernel()));
    auto answer = type("somewhere", "lintel image --kernel kernel.elf --loader lintel");
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_EQ(answer.out, (*scratch / "somewhere/os.iso").string() + "\n");
    EXPECT_TRUE(fs::exists(*scratch / "somewhere/os.iso"));
}

TEST_F(Package, without_a_kernel_it_asks_for_one) {
    auto answer = type("", "lintel run --headless");
    EXPECT_EQ(answer.code, 2);
    EXPECT_TRUE(answer.err.contains("no kernel")) << answer.err;
}

TEST_F(Package, what_only_the_source_tree_can_do_is_refused_in_one_sentence) {
    fs::create_directory(*scratch / "empty");
    for (const auto& [words, why] : std::map<std::string, std::string>{
             {"test", "no kernels given; name them, or write lintel.toml with [test] kernels"},
             {"bench boot", "this compares a boot with that of empty programs, which only Lintel's source tree builds"},
             {"bench start", "this measures Lintel's own kernel, which only its source tree builds"},
             {"conformance", "the kernels that judge a loader are in Lintel's source tree only"}}) {
        auto answer = type("empty", "lintel " + words);
        EXPECT_EQ(answer.code, 2) << words;
        EXPECT_EQ(answer.err, "lintel: " + why + "\n");
    }
}

TEST_F(Package, a_name_that_is_taken_or_bad_is_refused_and_nothing_changes) {
    scratch->add("taken/file", "precious");
    auto answer = type("", "lintel new taken");
    EXPECT_EQ(answer.code, 2);
    EXPECT_TRUE(answer.err.contains("is there already")) << answer.err;
    EXPECT_EQ(contents(*scratch / "taken/file"), "precious");
    EXPECT_TRUE(type("", "lintel new 'a b'").err.contains("letters, digits, - and _ only"));
}

TEST_F(Package, no_file_of_it_names_this_tree) {
    for (const auto& entry : fs::recursive_directory_iterator(prefix)) {
        if (!entry.is_regular_file() || entry.path() == installed()) continue;
        EXPECT_FALSE(contents(entry.path()).contains(source_folder().string())) << entry.path();
    }
}

/// Every command with its long options, as its help shows them.
std::vector<std::pair<std::string, Words>> commands_and_options() {
    std::vector<std::pair<std::string, Words>> all;
    const std::regex command_line("  ([a-z]+) .*");
    const std::regex option(" (--[a-z][a-z-]+)");
    std::smatch match;
    for (const std::string& line : lines_of(run({command(), "--help"}).out)) {
        if (!std::regex_match(line, match, command_line)) continue;
        const std::string name = match[1];
        const std::string help = run({command(), name, "--help"}).out;
        Words options;
        for (std::sregex_iterator at(help.begin(), help.end(), option), end; at != end; ++at)
            options.push_back((*at)[1]);
        if (!options.empty()) all.emplace_back(name, options);
    }
    return all;
}

TEST_F(Package, completions_and_the_manual_have_every_command_and_option) {
    const std::string bash = contents(prefix / "share/bash-completion/completions/lintel");
    const std::string zsh = contents(prefix / "share/zsh/vendor-completions/_lintel");
    const std::string fish = contents(prefix / "share/fish/vendor_completions.d/lintel.fish");
    const std::string manual =
        std::regex_replace(contents(prefix / "share/man/man1/lintel.1"), std::regex(R"(\\-)"), "-");
    const auto all = commands_and_options();
    EXPECT_GE(all.size(), 9U);
    for (const auto& [name, options] : all) {
        EXPECT_TRUE(manual.contains("\n.SS " + name + "\n")) << name;
        EXPECT_TRUE(fish.contains(" -a " + name + " ")) << name;
        for (const std::string& option : options) {
            EXPECT_TRUE(manual.contains("\\fB" + option + "\\fR")) << name << option;
            EXPECT_TRUE(zsh.contains("*" + option + "[")) << name << option;
            EXPECT_TRUE(fish.contains(" -l " + option.substr(2) + " ")) << name << option;
            EXPECT_TRUE(std::regex_search(bash, std::regex("\n +" + name + "\\) options='[^']*" + option + "[ ']")))
                << name << option;
        }
    }
}

TEST_F(Package, bash_completes_commands_options_words_and_files) {
    auto complete = [&](const std::string& words, int at) {
        return type("", "touch 'a kernel.elf'; . '" + (prefix / "share/bash-completion/completions/lintel").string() +
                            "'; COMP_WORDS=(" + words + "); COMP_CWORD=" + std::to_string(at) +
                            "; _lintel; printf '%s\\n' \"${COMPREPLY[@]}\"")
            .out;
    };
    EXPECT_EQ(complete("lintel ima", 1), "image\n");
    EXPECT_EQ(complete("lintel run --until", 2), "--until-halt\n");
    EXPECT_EQ(complete("lintel run --accel t", 3), "tcg\n");
    EXPECT_EQ(complete("lintel run --kernel a", 3), "a kernel.elf\n");
    EXPECT_EQ(complete("lintel path k", 2), "kernel\n");
}

TEST_F(Package, the_manual_page_is_valid_roff) {
    if (!fs::exists("/usr/bin/groff")) GTEST_SKIP() << "groff is not here";
    auto answer = run({"/usr/bin/groff", "-man", "-ww", "-z", prefix / "share/man/man1/lintel.1"});
    EXPECT_EQ(answer.code, 0);
    EXPECT_EQ(answer.err, "");
}

TEST_F(Package, the_debian_package_unpacked_somewhere_runs_from_there) {
    if (!fs::exists("/usr/bin/dpkg-deb")) GTEST_SKIP() << "dpkg-deb is not here";
    auto answer =
        type("", "cpack --config '" + (build_folder() / "CPackConfig.cmake").string() +
                     "' -G DEB -B deb && dpkg-deb -x deb/lintel_*.deb root && dpkg-deb -f deb/lintel_*.deb Depends");
    ASSERT_EQ(answer.code, 0) << answer.out << answer.err;
    for (const char* needed : {"qemu-system-x86", "ovmf", "xorriso", "mtools", "fdisk", "libfmt"})
        EXPECT_TRUE(answer.out.contains(needed)) << needed << " " << answer.out;
    answer = run({*scratch / "root/usr/bin/lintel", "run", "--kernel", kernel(), "--firmware", "direct", "--headless",
                  "--cmdline", "init=halt", "--until-halt"});
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(answer.err.contains("root/usr/share/lintel/direct.elf")) << answer.err;
}

}  // namespace
}  // namespace lintel::end_to_end
