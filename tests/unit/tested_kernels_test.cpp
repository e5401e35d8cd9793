// `lintel test` without a machine: what is understood of a kernel's words, what is made of them, and which kernels run.
#include <gtest/gtest.h>

#include <set>

#include "runner/project/test_report.hpp"
#include "runner/project/test_selection.hpp"

namespace lintel::runner {
namespace {

using std::chrono::seconds;

const TestLog::Time start{};

TestLog log_of(std::string_view text) {
    TestLog log(start);
    log.feed(text, start);
    return log;
}

KernelResult judged(std::string_view text, Verdict verdict, std::string detail = "") {
    return judge("k", log_of(text), {verdict, std::move(detail)});
}

/// "name=state: why", with a comma between.
std::string told(const std::vector<TestCase>& cases) {
    std::string text;
    for (const TestCase& one : cases) {
        constexpr const char* words[] = {"running", "passed", "failed", "skipped"};
        text += (text.empty() ? "" : ", ") + one.name + "=" + words[static_cast<std::size_t>(one.state)];
        if (!one.why.empty()) text += ": " + one.why;
    }
    return text;
}

TEST(TestLog, understands_tests_that_begin_and_end) {
    EXPECT_EQ(told(log_of("boot\ntest: a\nok: a\ntest: b b\r\nnot ok: b b: 1 is not 2\ntest: c\n").cases()),
              "a=passed, b b=failed: 1 is not 2, c=running");
    EXPECT_EQ(told(log_of("ok: a\nnot ok: b\nnot ok: c: why: because\n").cases()),
              "a=passed, b=failed, c=failed: why: because");
}

TEST(TestLog, a_colon_in_a_name_is_told_from_the_reason_by_the_test_that_runs) {
    EXPECT_EQ(told(log_of("test: mm: map\nnot ok: mm: map: no memory\n").cases()), "mm: map=failed: no memory");
    EXPECT_EQ(told(log_of("test: mm: map\nnot ok: mm: map\n").cases()), "mm: map=failed");
}

TEST(TestLog, what_stands_behind_a_hash_sign_is_a_remark) {
    EXPECT_EQ(told(log_of("test: mm: map\nok: mm: map # 0.012 s\n").cases()), "mm: map=passed: 0.012 s");
    EXPECT_EQ(told(log_of("test: mp: ipi\nok: mp: ipi # SKIP needs 2 processors\n").cases()),
              "mp: ipi=skipped: needs 2 processors");
    EXPECT_EQ(told(log_of("ok: a #1\n").cases()), "a #1=passed");
}

TEST(TestLog, understands_tap) {
    auto log =
        log_of("TAP version 14\n1..4\nok 1 - first\nnot ok 2 - second # broken\nok 3 # SKIP no hpet\nok 4 fourth\n");
    EXPECT_EQ(told(log.cases()), "first=passed, second=failed: broken, test 3=skipped: no hpet, fourth=passed");
    EXPECT_EQ(log.plan(), 4U);
    EXPECT_EQ(log.results(), 4U);
    EXPECT_EQ(told(log_of("test: a\nok 1 - a\n").cases()), "a=passed");
    EXPECT_EQ(told(log_of("test: a\nBail out! no memory\n").cases()), "a=failed: no memory");
}

TEST(TestLog, other_lines_are_none_of_its_business) {
    auto log = log_of("testing: a\nok\nok then\nok 1x\nnot okay\n1.2\n1..x\n1..2x\n  a test: b\nnot ok\n");
    EXPECT_EQ(told(log.cases()), "");
    EXPECT_EQ(log.plan(), std::nullopt);
}

TEST(TestLog, takes_lines_in_pieces_and_bounds_them) {
    TestLog log(start);
    for (char letter : std::string_view("test: abc\nok: abc\n")) log.feed({&letter, 1}, start);
    EXPECT_EQ(told(log.cases()), "abc=passed");
    log.feed(std::string(1 << 20, 'x'), start);
    log.feed("\nok: d\n", start);
    EXPECT_EQ(told(log.cases()), "abc=passed, d=passed");
}

TEST(TestLog, measures_each_test_from_the_last_step) {
    TestLog log(start);
    log.feed("test: a\n", start + seconds(2));
    EXPECT_EQ(log.progress(), start + seconds(2));
    ASSERT_NE(log.running(), nullptr);
    EXPECT_EQ(log.running()->name, "a");
    log.feed("noise\nok: a\n", start + seconds(5));
    EXPECT_EQ(log.cases()[0].seconds, 3);
    EXPECT_EQ(log.running(), nullptr);
}

TEST(Judging, a_kernel_that_says_passed_has_passed) {
    auto result = judged("test: a\nok: a\n", Verdict::passed);
    EXPECT_TRUE(result.passed());
    EXPECT_EQ(told(result.cases), "a=passed");
    result = judged("", Verdict::passed);
    EXPECT_TRUE(result.passed());
    EXPECT_EQ(told(result.cases), "=passed");
}

TEST(Judging, no_verdict_is_a_failure) {
    auto result = judged("test: a\nok: a\n", Verdict::halted);
    EXPECT_EQ(result.code, Exit::no_verdict);
    EXPECT_TRUE(told(result.cases).starts_with("a=passed, =failed: halted without a verdict")) << told(result.cases);
}

TEST(Judging, a_plan_that_is_kept_is_a_verdict_and_one_that_is_not_is_a_failure) {
    EXPECT_TRUE(judged("1..1\nok 1 - a\n", Verdict::halted).passed());
    auto result = judged("1..2\nok 1 - a\n", Verdict::halted);
    EXPECT_EQ(result.code, Exit::failed);
    EXPECT_EQ(told(result.cases), "a=passed, =failed: its plan promises 2 results, and it gave 1");
    EXPECT_FALSE(judged("1..2\nok 1 - a\n", Verdict::passed).passed());
    EXPECT_EQ(judged("1..1\nnot ok 1 - a\n", Verdict::halted).code, Exit::failed);
}

TEST(Judging, what_a_kernel_said_failed_has_failed_whatever_the_verdict) {
    auto result = judged("not ok: a: no\nok: b\n", Verdict::passed);
    EXPECT_EQ(result.code, Exit::failed);
    EXPECT_EQ(told(result.cases), "a=failed: no, b=passed");
    result = judged("not ok: a: no\n", Verdict::failed);
    EXPECT_EQ(told(result.cases), "a=failed: no");
    result = judged("ok: a\n", Verdict::failed);
    EXPECT_EQ(told(result.cases), "a=passed, =failed: failed: the kernel said so");
}

TEST(Judging, a_crash_or_a_hang_is_the_running_tests) {
    auto result = judged("test: a\nok: a\ntest: b\n", Verdict::timed_out);
    EXPECT_EQ(result.code, Exit::timed_out);
    EXPECT_TRUE(told(result.cases).starts_with("a=passed, b=failed: timed out")) << told(result.cases);
    result = judged("test: a\n", Verdict::panicked, "no memory");
    EXPECT_EQ(result.code, Exit::panicked);
    EXPECT_EQ(told(result.cases), "a=failed: panicked: no memory");
    result = judged("", Verdict::loader_error, "no kernel");
    EXPECT_EQ(result.code, Exit::loader_error);
    EXPECT_EQ(told(result.cases), "=failed: loader error: no kernel");
}

TEST(Judging, a_test_without_a_result_has_failed) {
    auto result = judged("test: a\ntest: b\nok: b\n", Verdict::passed);
    EXPECT_EQ(told(result.cases), "a=failed: it began, and nothing said how it ended, b=passed");
    EXPECT_EQ(result.code, Exit::failed);
}

TEST(Reports, the_code_is_that_of_the_kernels_where_they_agree) {
    KernelResult good{.name = "a"}, hung{.name = "b", .code = Exit::timed_out},
        crashed{.name = "c", .code = Exit::reset};
    EXPECT_EQ(exit_code(std::vector{good}), Exit::success);
    EXPECT_EQ(exit_code(std::vector{good, hung, hung}), Exit::timed_out);
    EXPECT_EQ(exit_code(std::vector{hung, good, crashed}), Exit::failed);
    EXPECT_EQ(exit_code(std::vector<KernelResult>{}), Exit::success);
}

std::vector<KernelResult> some_results() {
    std::vector<KernelResult> results = {
        judge("mm", log_of("ok: a#1\nok 2 - b # SKIP no\n"), {Verdict::passed, ""}),
        judge("io", log_of("not ok: <&\">: it's \xff\x01 \xc3\xa4\n"), {Verdict::failed, ""})};
    results[1].log = "]]> & \x1b[2J\xff end\n";
    return results;
}

TEST(Reports, for_people_each_test_has_a_line_and_the_end_a_sum) {
    const std::string text = report_of(some_results(), ReportFormat::human);
    EXPECT_TRUE(text.starts_with("ok      mm: a#1\nskipped mm: b: no\nFAILED  io: <&\">: it's ")) << text;
    EXPECT_TRUE(text.ends_with("\n3 tests in 2 kernels: 1 passed, 1 failed, 1 skipped\n")) << text;
}

TEST(Reports, tap_escapes_what_means_something_there) {
    EXPECT_EQ(report_of(some_results(), ReportFormat::tap),
              "TAP version 14\nok 1 - mm: a\\#1\nok 2 - mm: b # SKIP no\nnot ok 3 - io: <&\">\n  ---\n"
              "  message: 'it''s \xff  \xc3\xa4'\n  ...\n1..3\n");
}

TEST(Reports, junit_has_no_character_that_xml_forbids) {
    const std::string text = report_of(some_results(), ReportFormat::junit);
    for (char letter : text) EXPECT_TRUE((letter >= ' ' && letter < 0x7f) || letter == '\n') << int(letter);
    EXPECT_TRUE(text.contains("name=\"&#60;&#38;&#34;&#62;\"")) << text;
    EXPECT_TRUE(text.contains("tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"1\"")) << text;
    EXPECT_TRUE(text.contains("&#228;")) << text;
}

class Selection : public testing::Test {
protected:
    Selection() {
        auto made = TemporaryFolder::make();
        if (made) folder_ = std::move(*made);
    }
    std::string add(const fs::path& name) {
        EXPECT_TRUE(make_folders((folder_->path() / name).parent_path()));
        EXPECT_TRUE(write_file(folder_->path() / name, "x"));
        return folder_->path() / name;
    }
    std::string names(const std::vector<std::string>& patterns) {
        auto kernels = find_kernels(patterns);
        if (!kernels) return kernels.error().sentence;
        std::string text;
        for (const TestKernel& kernel : *kernels) text += (text.empty() ? "" : " ") + kernel.name;
        return text;
    }
    fs::path root() { return folder_->path(); }

private:
    std::optional<TemporaryFolder> folder_;
};

TEST_F(Selection, patterns_keep_their_order_and_files_come_once) {
    add("b.elf"), add("a.elf"), add("c.elf"), add("note.txt");
    EXPECT_EQ(names({root() / "c.elf", root() / "*.elf", root() / "a.elf"}), "c a b");
    EXPECT_EQ(names({root() / "*.bin"}), "no kernel is called " + (root() / "*.bin").string());
    EXPECT_EQ(names({root()}), "no kernel is called " + root().string());
}

TEST_F(Selection, files_of_one_name_are_told_apart_by_their_folders) {
    add("x/boot.elf"), add("y/boot.elf"), add("boot [1] ä.elf");
    EXPECT_EQ(names({root() / "?/boot.elf"}), "x/boot y/boot");
    EXPECT_EQ(names({root() / "boot [1] ä.elf"}), "boot [1] ä");
    EXPECT_EQ(names({add("z/k.elf"), add("z/k.bin")}),
              (root() / "z/k.elf").string() + " " + (root() / "z/k.bin").string());
}

TEST_F(Selection, a_filter_is_a_pattern_or_a_part_of_the_name) {
    add("mm-map.elf"), add("mm-free.elf"), add("io.elf");
    auto all = *find_kernels(std::vector<std::string>{root() / "*.elf"});
    EXPECT_EQ(filtered(all, "mm")->size(), 2U);
    EXPECT_EQ(filtered(all, "*-map")->size(), 1U);
    EXPECT_EQ(filtered(all, "?m*")->size(), 2U);
    EXPECT_EQ(filtered(all, "")->size(), 3U);
    EXPECT_EQ(filtered(all, "usb").error().sentence, "--filter usb: no kernel has such a name");
}

TEST_F(Selection, shards_cover_everything_exactly_once) {
    for (const char* name : {"a.elf", "b.elf", "c.elf", "d.elf", "e.elf"}) add(name);
    auto all = *find_kernels(std::vector<std::string>{root() / "*.elf"});
    for (std::size_t count = 1; count <= 7; ++count) {
        std::multiset<std::string> seen;
        for (std::size_t part = 1; part <= count; ++part)
            for (const TestKernel& kernel : part_of(all, {part, count})) seen.insert(kernel.name);
        EXPECT_EQ(seen, (std::multiset<std::string>{"a", "b", "c", "d", "e"})) << count;
    }
}

TEST_F(Selection, a_wrong_shard_is_refused) {
    for (const char* wrong : {"", "1", "0/2", "3/2", "1/0", "a/2", "1/2/3", "-1/2", "1/2x"}) {
        auto shard = parse_shard(wrong);
        ASSERT_FALSE(shard) << wrong;
        EXPECT_EQ(shard.error().sentence,
                  "--shard " + std::string(wrong) + ": must be a part and their number, such as 2/4");
    }
    EXPECT_EQ(parse_shard("2/4")->part, 2U);
}

}  // namespace
}  // namespace lintel::runner
