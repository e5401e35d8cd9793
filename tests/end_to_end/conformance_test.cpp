// The command `conformance`: its table, its verdict, and how it compares loaders. What it finds out about our loader is
// tested by itself; see tests/conformance/CMakeLists.txt.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

const Words direct = {"conformance", "--firmware", "direct", "--accel", "tcg"};

Words with(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

TEST(Conformance, shows_a_row_for_each_promise_and_a_total) {
    auto answer = run(with({command()}, with(direct, {"--member", "plain"})));
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(answer.out.contains("\nMemory Map Feature ")) << answer.out;
    EXPECT_TRUE(answer.out.contains("  the entries are sorted by base address ")) << answer.out;
    EXPECT_TRUE(answer.out.contains(" 0 broken, ")) << answer.out;
}

TEST(Conformance, fails_and_says_why_when_a_promise_is_broken) {
    auto answer =
        run(with({command()}, with(direct, {"--member", "revision-6", "--", "-rtc", "base=2031-01-01T00:00:00"})));
    EXPECT_EQ(answer.code, 1) << answer.err << answer.out;
    EXPECT_TRUE(
        answer.out.contains("  revision-6: Date at Boot Feature: the timestamp is the time at which the "
                            "machine was started (it is 19"))
        << answer.out;
    EXPECT_TRUE(answer.out.contains(" 1 broken, ")) << answer.out;
}

TEST(Conformance, counts_a_kernel_that_does_not_report_as_broken) {
    auto answer = run(with({command()}, with(direct, {"--member", "plain", "--", "-cpu", "pentium3"})));
    EXPECT_EQ(answer.code, 1) << answer.err << answer.out;
    EXPECT_TRUE(answer.out.contains("the kernel is started and reports to its end")) << answer.out;
}

TEST(Conformance, writes_a_markdown_table) {
    auto answer = run(with({command()}, with(direct, {"--member", "plain", "--format", "markdown"})));
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(answer.out.contains("\n### Memory Map Feature\n\n| promise | plain |\n| --- | --- |\n")) << answer.out;
}

TEST(Conformance, refuses_a_member_that_the_family_does_not_have) {
    auto answer = run(with({command()}, with(direct, {"--member", "nobody"})));
    EXPECT_EQ(answer.code, 2);
    EXPECT_EQ(answer.err, "lintel: the conformance family has no member nobody\n");
}

TEST(Conformance, refuses_a_direct_boot_of_limine) {
    auto answer = run({command(), "conformance", "--firmware", "direct", "--loader", "limine"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_EQ(answer.err, "lintel: only Lintel's own loader starts without firmware; use --firmware uefi\n");
}

// PCI slot 31 is the chipset's own on q35, and free on pc, so that QEMU starts some machines of the matrix and not
// others.
TEST(Conformance, judges_the_other_machines_when_one_cannot_be_started) {
    auto answer =
        run(with({command()},
                 with(direct, {"--matrix", "pairs", "--member", "plain", "--", "-device", "pvpanic-pci,addr=1f.0"})));
    EXPECT_EQ(answer.code, 1) << answer.err << answer.out;
    EXPECT_TRUE(answer.out.contains("pc 64M 2 Nehalem std, plain: 1")) << answer.out;  // a hundred kept, and more
    EXPECT_TRUE(
        answer.out.contains("    broken: The report: the machine is started (QEMU could not start the machine: "))
        << answer.out;
}

TEST(Conformance, says_why_when_no_machine_can_be_started) {
    auto answer = run(with({command()}, with(direct, {"--member", "plain", "--", "-device", "no-such-device"})));
    EXPECT_EQ(answer.code, 2);
    EXPECT_EQ(answer.out, "");
    EXPECT_TRUE(answer.err.contains("QEMU could not start the machine: ")) << answer.err;
}

// An older Limine breaks promises that the specification made after it, and refuses newer base revisions; but what it
// starts reports to the end, and the difference to our loader is shown.
TEST(Conformance, compares_our_loader_with_limine) {
    const char* path = std::getenv("LIMINE_PATH");
    if (!path || !*path) GTEST_SKIP() << "LIMINE_PATH is not set";
    auto answer = run({command(), "conformance", "--loader", "lintel", "--against", "limine", "--member", "revision-3"},
                      {{"LIMINE_PATH", path}});
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_FALSE(answer.out.contains("reports to its end")) << answer.out;
    EXPECT_TRUE(answer.out.contains("\nDifferences, this loader | the other\n") ||
                answer.out.contains("\nThe two loaders do not differ.\n"))
        << answer.out;
}

}  // namespace
}  // namespace lintel::end_to_end
