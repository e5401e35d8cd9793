// `lintel test` with kernels that pass, fail, hang and crash, in direct boot.
#include <gtest/gtest.h>

#include <csignal>
#include <set>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

constexpr std::string_view good = "test: adds\nok: adds\ntest: subtracts\nok: subtracts\n\x03\x10";
constexpr std::string_view bad = "test: adds\nok: adds\ntest: divides\nnot ok: divides: 1 is not 2\n\x03\x11";
constexpr std::string_view hanging = "test: adds\nok: adds\ntest: waits\n\x01";
constexpr std::string_view crashing = "test: adds\nok: adds\ntest: jumps\n\x02";
constexpr std::string_view silent = "hello\n";

/// A project whose folder has a space and an umlaut in its name, with kernels in it.
class TestedKernels : public testing::Test {
protected:
    TestedKernels() { project.add("my kérnel/lintel.toml", "[test]\nkernels = [\"*.elf\"]\ntimeout = 20\n"); }
    void add(const std::string& name, std::string_view script) {
        project.add("my kérnel/" + name + ".elf", scripted_kernel(script));
    }
    Answer test(const Words& words = {}, const Settings& settings = {}) {
        Words all = {"/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder().string(), command(), "test"};
        all.insert(all.end(), words.begin(), words.end());
        return run(all, settings);
    }
    fs::path folder() { return project / "my kérnel"; }
    fs::path artifacts() { return folder() / "lintel-artifacts"; }
    Scratch project;
};

/// What a program prints about `text` on its standard input.
std::string piped(const std::string& text, const std::string& program) {
    Scratch scratch;
    auto answer = run({"/bin/sh", "-c", "python3 -c \"$1\" <\"$0\"", scratch.add("text", text).string(), program});
    EXPECT_EQ(answer.code, 0) << answer.err;
    return answer.out;
}

TEST_F(TestedKernels, each_test_has_a_line_in_the_order_of_the_kernels) {
    add("b-good", good);
    add("a-bad", bad);
    auto answer = test();
    EXPECT_EQ(answer.code, 1) << answer.err;
    EXPECT_EQ(
        answer.out,
        "ok      a-bad: adds\nFAILED  a-bad: divides: 1 is not 2\nok      b-good: adds\nok      b-good: subtracts\n");
    EXPECT_TRUE(answer.err.contains("lintel: 4 tests in 2 kernels: 3 passed, 1 failed (")) << answer.err;
    EXPECT_TRUE(answer.err.contains("lintel: artifacts    " + artifacts().string() + "\n")) << answer.err;
    EXPECT_TRUE(contents(artifacts() / "a-bad/serial.log").contains("test: divides\r\n"));
    EXPECT_TRUE(contents(artifacts() / "a-bad/report.txt").contains("FAILED  a-bad: divides: 1 is not 2\n"));
    EXPECT_FALSE(fs::exists(artifacts() / "b-good"));

    // What a failure left goes away once the kernel passes.
    add("a-bad", good);
    answer = test({"--jobs", "1"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_FALSE(fs::exists(artifacts() / "a-bad"));
}

TEST_F(TestedKernels, a_hang_names_the_test_that_hangs) {
    add("one", hanging);
    auto answer = test({"--timeout", "2"});
    EXPECT_EQ(answer.code, 5) << answer.err;
    EXPECT_TRUE(answer.out.contains("ok      one: adds\nFAILED  one: waits: timed out: ")) << answer.out;
    EXPECT_TRUE(contents(artifacts() / "one/screen.png").starts_with("\x89PNG"));
}

TEST_F(TestedKernels, a_crash_names_the_test_that_crashes) {
    add("one", crashing);
    auto answer = test();
    EXPECT_EQ(answer.code, 4) << answer.err;
    EXPECT_TRUE(answer.out.contains("ok      one: adds\nFAILED  one: jumps: triple fault")) << answer.out;
    EXPECT_TRUE(contents(artifacts() / "one/autopsy.txt").contains("kernel_main")) << "the autopsy names the function";
}

TEST_F(TestedKernels, a_kernel_that_halts_without_a_verdict_has_failed) {
    add("one", silent);
    auto answer = test();
    EXPECT_EQ(answer.code, 8) << answer.err;
    EXPECT_TRUE(answer.out.starts_with("FAILED  one: halted without a verdict: ")) << answer.out;
}

TEST_F(TestedKernels, what_is_no_kernel_fails_with_the_loaders_words) {
    add("good", good);
    project.add("my kérnel/text.elf", "this is not ELF");
    auto answer = test();
    EXPECT_EQ(answer.code, 6) << answer.err;
    EXPECT_TRUE(answer.out.contains("FAILED  text: loader error: ")) << answer.out;
    EXPECT_TRUE(answer.out.contains("ok      good: adds\n")) << answer.out;
}

TEST_F(TestedKernels, shards_cover_every_kernel_exactly_once) {
    for (const char* name : {"a", "b", "c"}) add(name, good);
    std::multiset<std::string> lines;
    for (const char* shard : {"1/2", "2/2"}) {
        auto answer = test({"--shard", shard});
        EXPECT_EQ(answer.code, 0) << answer.err;
        for (const std::string& line : lines_of(answer.out)) lines.insert(line);
    }
    auto answer = test();
    auto all = lines_of(answer.out);
    EXPECT_EQ(all.size(), 6U) << answer.out;
    EXPECT_EQ(lines, std::multiset<std::string>(all.begin(), all.end()));
    EXPECT_EQ(test({"--shard", "3/2"}).code, 2);
    EXPECT_EQ(test({"--shard", "4/4"}).code, 0) << "a part can have no kernel";
}

TEST_F(TestedKernels, a_filter_and_arguments_choose_kernels) {
    add("mm-map", good);
    add("io", bad);
    auto answer = test({"--filter", "mm"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_FALSE(answer.out.contains("io: ")) << answer.out;
    answer = test({"--filter", "usb"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_EQ(answer.err, "lintel: --filter usb: no kernel has such a name\n");
    answer = test({"mm-map.elf"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_EQ(lines_of(answer.out).size(), 2U) << answer.out;
    answer = test({"nothing.elf"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_EQ(answer.err, "lintel: no kernel is called nothing.elf\n");
}

TEST_F(TestedKernels, junit_is_xml_with_every_test) {
    add("good", good);
    add("bad", "not ok: <&>: \"\xff\x1b\n\x03\x11");
    auto answer = test({"--format", "junit", "--output", "results ä.xml"});
    EXPECT_EQ(answer.code, 1) << answer.err;
    EXPECT_TRUE(answer.out.contains("ok      good: adds\n")) << "people see it, too: " << answer.out;
    EXPECT_EQ(piped(contents(folder() / "results ä.xml"),
                    "import sys, xml.etree.ElementTree as e\n"
                    "for case in e.fromstring(sys.stdin.read()).iter('testcase'):\n"
                    "    print(case.get('classname'), case.get('name'), [child.tag for child in case])\n"),
              "bad <&> ['failure']\ngood adds []\ngood subtracts []\n");
}

TEST_F(TestedKernels, tap_is_valid_and_all_that_standard_output_has) {
    add("good", "1..2\nok 1 - a\nok 2 - b # SKIP no hpet\n");
    add("bad", bad);
    auto answer = test({"--format", "tap"});
    EXPECT_EQ(answer.code, 1) << answer.err;
    EXPECT_EQ(answer.out,
              "TAP version 14\nok 1 - bad: adds\nnot ok 2 - bad: divides\n  ---\n  message: '1 is not 2'\n  ...\n"
              "ok 3 - good: a\nok 4 - good: b # SKIP no hpet\n1..4\n");
}

TEST_F(TestedKernels, a_kernel_that_failed_is_booted_again_only_on_request) {
    add("one", bad);
    auto answer = test({"--retries", "1", "--format", "tap"});
    EXPECT_EQ(answer.code, 1) << answer.err;
    EXPECT_EQ(contents(artifacts() / "one/report.txt").find("FAILED"), std::string("ok      one: adds\n").size());
}

TEST_F(TestedKernels, the_reports_place_is_full_or_missing_and_that_is_said) {
    add("one", good);
    auto answer = test({"--format", "junit", "--output", "/dev/full/x"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_TRUE(answer.err.contains("/dev/full/x")) << answer.err;
    answer = test({"--format", "junit", "--output", "nowhere/x.xml"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_FALSE(fs::exists(folder() / "nowhere"));
}

TEST_F(TestedKernels, a_project_without_kernels_to_test_is_refused) {
    project.add("my kérnel/lintel.toml", "memory = \"64M\"\n");
    auto answer = test();
    EXPECT_EQ(answer.code, 2);
    EXPECT_TRUE(answer.err.contains("names no kernels to test")) << answer.err;
}

TEST_F(TestedKernels, at_a_terminal_a_long_run_shows_the_running_test_and_control_c_ends_it) {
    add("one", hanging);
    Terminal terminal(
        {"test", (folder() / "one.elf").string(), "--timeout", "100", "--artifacts", artifacts().string()});
    ASSERT_TRUE(terminal.wait_for("[1/1] one: waits")) << terminal.text();
    terminal.type("\x03");
    EXPECT_EQ(terminal.finish(), 130) << terminal.text();
    EXPECT_TRUE(terminal.text().contains("lintel: interrupted")) << terminal.text();
}

}  // namespace
}  // namespace lintel::end_to_end
