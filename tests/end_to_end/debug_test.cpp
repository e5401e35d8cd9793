// GDB on the running kernel, the ways the README shows.
#include <gtest/gtest.h>

#include <future>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

struct SourceLine {
    std::size_t number;
    std::string text;
};

/// The line of hlt_loop() that sleeps.
SourceLine halting_line() {
    std::size_t number = 0;
    for (const std::string& line : lines_of(contents(source_folder() / "kernel/hlt_loop.cpp"))) {
        ++number;
        if (line.contains("wait_for_interrupt();")) return {number, line};
    }
    throw std::runtime_error("hlt_loop.cpp does not sleep");
}

/// Boots with `emulator_words`, breaks in hlt_loop() by file and line, and lets the machine run on.
void expect_break_by_file_and_line(const std::string& firmware, const Words& emulator_words, const std::string& port) {
    Words words = {"run", "--firmware", firmware, "--timeout", "100", "--"};
    words.insert(words.end(), emulator_words.begin(), emulator_words.end());
    auto machine = std::async(std::launch::async, [&] { return lintel(words); });
    const SourceLine line = halting_line();
    auto gdb = run({"/usr/bin/gdb", "-nx", "-batch", kernel(), "-ex", "target remote 127.0.0.1:" + port, "-ex",
                    "hbreak hlt_loop.cpp:" + std::to_string(line.number), "-ex", "continue", "-ex", "info symbol $pc",
                    "-ex", "backtrace", "-ex", "delete", "-ex", "detach"});
    auto answer = machine.get();
    EXPECT_TRUE(gdb.out.contains(std::to_string(line.number) + "\t" + line.text)) << gdb.out << gdb.err;
    EXPECT_TRUE(gdb.out.contains("hlt_loop() + ")) << gdb.out;
    EXPECT_TRUE(gdb.out.contains("::boot () at ")) << gdb.out;
    EXPECT_EQ(answer.code, 0) << answer.err << gdb.out;
}

TEST(Debug, gdb_breaks_in_the_halt_loop_by_file_and_line) {
    const std::string port = std::to_string(free_port());
    expect_break_by_file_and_line("direct", {"-gdb", "tcp:127.0.0.1:" + port, "-S"}, port);
}

TEST(Debug, the_classic_two_flags_work_too) {
    // QEMU's -s is a fixed port, which somebody else on this machine may be using.
    auto taken = run({"/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/1234"});
    if (taken.code == 0) GTEST_SKIP() << "port 1234 is in use on this machine";
    expect_break_by_file_and_line("uefi", {"-s", "-S"}, "1234");
}

TEST(Debug, batch_prints_the_backtrace_in_the_halt_loop_and_ends) {
    for (const char* firmware : {"direct", "uefi"}) {
        auto answer = lintel({"debug", "--batch", "--firmware", firmware});
        EXPECT_EQ(answer.code, 0) << answer.err;
        EXPECT_TRUE(answer.out.contains("Breakpoint 2") && answer.out.contains("hlt_loop () at ")) << answer.out;
        EXPECT_TRUE(answer.out.contains("#0  ")) << answer.out;
        EXPECT_TRUE(answer.out.contains("::boot () at ")) << answer.out;
    }
}

TEST(Debug, batch_ends_with_the_loaders_error_where_the_kernel_never_starts) {
    Scratch scratch;
    auto answer =
        lintel({"debug", "--batch", "--firmware", "direct", "--config", scratch.add("limine.conf", "# nothing\n")});
    EXPECT_EQ(answer.code, 6) << answer.err;
    EXPECT_TRUE(answer.err.contains("lintel: loader error: ")) << answer.err;
}

}  // namespace
}  // namespace lintel::end_to_end
