// Kernels that fail, each in one way, and the autopsy that has to name it: cause, function, line. In direct boot, but
// for what firmware has a part in.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

Answer run_defect(const std::string& defect, const Words& more = {}, const std::string& firmware = "direct",
                  const std::string& timeout = "100") {
    Words words = {"run", LINTEL_DEFECTIVE_KERNEL, "--firmware", firmware, "--timeout", timeout, "--cmdline", defect};
    words.insert(words.end(), more.begin(), more.end());
    return lintel(words);
}

/// Its time limit has to pass; the loader needs a tenth of it.
Answer run_hang(const std::string& defect) { return run_defect(defect, {}, "direct", "3"); }

std::string last_line(const std::string& text) {
    const auto lines = lines_of(text);
    return lines.empty() ? "" : lines.back();
}

struct Row {
    const char* defect;
    const char* cause;
    const char* place;      // the function, or who called what is none
    const char* source;     // a part of the source line; empty where there is none
    const char* unhandled;  // why no handler ran
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.defect; }

std::string name_of_row(const testing::TestParamInfo<Row>& row) {
    std::string name = row.param.defect;
    std::ranges::replace(name, '-', '_');
    return name;
}

constexpr const char* no_idt = "no IDT is loaded";

class TripleFault : public testing::TestWithParam<Row> {};

TEST_P(TripleFault, is_explained_by_name) {
    const Row& row = GetParam();
    auto answer = run_defect(row.defect);
    EXPECT_EQ(answer.code, 4) << answer.err;
    EXPECT_TRUE(last_line(answer.err).starts_with(std::string("lintel: triple fault: ") + row.cause)) << answer.err;
    EXPECT_TRUE(last_line(answer.err).contains(row.place)) << answer.err;
    EXPECT_TRUE(answer.err.contains(std::string("  cause       ") + row.cause + ": ")) << answer.err;
    EXPECT_TRUE(answer.err.contains(std::string("  unhandled   ") + row.unhandled)) << answer.err;
    if (*row.source) EXPECT_TRUE(answer.err.contains(std::string(" | ") + row.source)) << answer.err;
    EXPECT_TRUE(answer.err.contains("kernel_main at ")) << "no backtrace:\n" << answer.err;
    EXPECT_TRUE(answer.err.contains("  registers   rax ")) << answer.err;
}

constexpr Row triple_faults[] = {
    {"null-pointer", "null pointer", "defects::null_pointer at ", "task->third = 1;", no_idt},
    {"division", "division by zero", "defects::divide at ", "void divide()", no_idt},
    {"write-rodata", "write to read-only memory", "defects::write_rodata at ", "void write_rodata()", no_idt},
    {"call-data", "execution of data", "kernel_main at ", "", no_idt},
    {"call-null", "jump to null", "kernel_main at ", "", no_idt},
    {"call-garbage", "jump to garbage", "kernel_main at ", "", no_idt},
    {"return-to-garbage", "jump to garbage", "kernel_main at ", "", no_idt},
    {"wild-pointer", "wild pointer", "defects::wild_pointer at ", "void wild_pointer()", no_idt},
    {"non-canonical", "non-canonical address", "defects::non_canonical_pointer at ", "void non_canonical", no_idt},
    {"physical-pointer", "physical address used as a virtual one", "defects::physical_pointer at ", "void physical",
     no_idt},
    {"hhdm-hole", "hole in the direct map", "defects::beyond_direct_map at ", "void beyond_direct_map()", no_idt},
    {"trap", "compiled-in trap", "defects::trap at ", "void trap()", no_idt},
    {"sse", "SSE not enabled", "use_sse at ", "movaps xmm0, xmm1", no_idt},
    {"sse-task-switched", "SSE or x87 not enabled", "use_sse_with_task_switched at ", "movaps xmm0, xmm1", no_idt},
    {"software-interrupt", "interrupt without a gate", "software_interrupt at ", "int 0x80", no_idt},
    {"bad-selector", "bad segment selector", "load_bad_selector at ", "mov ds, eax", no_idt},
    {"empty-idt", "compiled-in trap", "empty_idt at ", "ud2", "the IDT's gate for it is not present"},
};
INSTANTIATE_TEST_SUITE_P(Autopsy, TripleFault, testing::ValuesIn(triple_faults), name_of_row);

TEST(Autopsy, a_stack_overflow_names_the_function_that_calls_itself) {
    auto answer = run_defect("stack-overflow");
    EXPECT_EQ(answer.code, 4) << answer.err;
    EXPECT_TRUE(last_line(answer.err).starts_with("lintel: triple fault: stack overflow in defects::recursion at "));
    EXPECT_TRUE(answer.err.contains("defects::recursion calls itself again and again")) << answer.err;
    EXPECT_TRUE(answer.err.contains("  (32 times)")) << answer.err;
}

// As under KVM, where QEMU logs nothing.
TEST(Autopsy, without_a_log_of_exceptions_the_registers_tell_the_same) {
    for (const Row& row : triple_faults) {
        const std::string_view defect = row.defect;
        const bool page_fault = std::string_view("null-pointer call-data call-null write-rodata").contains(defect);
        if (!page_fault && defect != "trap" && defect != "sse" && defect != "division" && defect != "non-canonical")
            continue;
        auto answer = run_defect(row.defect, {"--", "-D", "/dev/null"});
        EXPECT_EQ(answer.code, 4) << answer.err;
        EXPECT_TRUE(last_line(answer.err).starts_with(std::string("lintel: triple fault: ") + row.cause)) << answer.err;
        EXPECT_TRUE(answer.err.contains("(concluded from the registers")) << answer.err;
    }
}

TEST(Autopsy, a_kernel_that_was_moved_is_found) {
    Scratch scratch;
    const auto conf =
        scratch.add("limine.conf", "timeout: 0\n/Test\nprotocol: limine\npath: boot():/boot/kernel.elf\nkaslr: yes\n");
    auto answer = run_defect("null-pointer", {"--config", conf});
    EXPECT_FALSE(answer.err.contains("  at          0xffffffff8000")) << "it was not moved:\n" << answer.err;
    EXPECT_TRUE(last_line(answer.err).contains("null pointer in defects::null_pointer at ")) << answer.err;
    EXPECT_TRUE(answer.err.contains(" | task->third = 1;")) << answer.err;
    answer = run_defect("panic", {"--config", conf});
    EXPECT_TRUE(answer.out.contains("  <- kernel_main at ")) << answer.out;
}

TEST(Autopsy, works_under_firmware) {
    auto answer = run_defect("null-pointer", {}, "uefi");
    EXPECT_EQ(answer.code, 4) << answer.err;
    EXPECT_TRUE(last_line(answer.err).contains("null pointer in defects::null_pointer at ")) << answer.err;
}

TEST(Autopsy, of_a_kernel_without_symbols_names_the_cause) {
    Scratch scratch;
    const fs::path bare = scratch / "bare kernel.elf";
    ASSERT_EQ(run({"/usr/bin/env", "llvm-objcopy-19", "--strip-all", LINTEL_DEFECTIVE_KERNEL, bare}).code, 0);
    auto answer = lintel({"run", bare, "--firmware", "direct", "--timeout", "100", "--cmdline", "division"});
    EXPECT_EQ(answer.code, 4) << answer.err;
    EXPECT_TRUE(last_line(answer.err).starts_with("lintel: triple fault: division by zero at 0xffffffff8000"))
        << answer.err;
}

struct Hang {
    const char* defect;
    const char* words;
};

void PrintTo(const Hang& row, std::ostream* out) { *out << row.defect; }

class TimeOut : public testing::TestWithParam<Hang> {};

TEST_P(TimeOut, says_what_the_kernel_was_doing) {
    auto answer = run_hang(GetParam().defect);
    EXPECT_EQ(answer.code, 5) << answer.err;
    EXPECT_TRUE(last_line(answer.err)
                    .contains(std::string("lintel: timed out: no verdict within the time limit (see "
                                          "--timeout); ") +
                              GetParam().words))
        << answer.err;
}

INSTANTIATE_TEST_SUITE_P(
    Autopsy, TimeOut,
    testing::Values(Hang{"spin", "endless loop in defects::spin_forever at "},
                    Hang{"lock", "waiting for a lock with interrupts off in defects::acquire_lock at "},
                    Hang{"wait", "waiting for an interrupt in wait_with_interrupts_on at "},
                    Hang{"storm", "exception storm in exception_storm at "}, Hang{"wander", "still running in "}),
    [](const auto& row) { return std::string(row.param.defect); });

/// The lines under "log", without what stands before them.
std::vector<std::string> kernel_log_in(const std::string& err) {
    std::vector<std::string> found;
    bool inside = false;
    for (const std::string& line : lines_of(err)) {
        inside = line.starts_with("  log ") || (inside && line.starts_with("              "));
        if (inside) found.push_back(line.substr(14));
    }
    return found;
}

TEST(KernelLog, of_a_kernel_that_hangs_or_crashes_without_a_word_is_shown_from_memory) {
    for (const Answer& answer : {run_hang("quiet-spin"), run_defect("quiet-crash")}) {
        EXPECT_TRUE(answer.code == 5 || answer.code == 4) << answer.err;
        const auto log = kernel_log_in(answer.err);
        ASSERT_EQ(log.size(), 13U) << answer.err;
        EXPECT_EQ(log[0], "21 lines in the kernel's memory that the serial line did not get, the last of them:");
        EXPECT_EQ(log[11], "[   28.500000 3] warning: the disk does not answer");
        EXPECT_EQ(log[12], "[   30.000000 3] warning: the disk is given up");
    }
}

TEST(KernelLog, of_a_kernel_that_was_moved_is_shown_too) {
    Scratch scratch;
    const auto conf =
        scratch.add("limine.conf", "timeout: 0\n/Test\nprotocol: limine\npath: boot():/boot/kernel.elf\nkaslr: yes\n");
    auto answer = run_defect("quiet-crash", {"--config", conf});
    EXPECT_FALSE(answer.err.contains("  at          0xffffffff8000")) << "it was not moved:\n" << answer.err;
    EXPECT_EQ(kernel_log_in(answer.err).size(), 13U) << answer.err;
}

TEST(KernelLog, that_was_written_over_gets_one_sentence) {
    auto answer = run_hang("broken-log");
    EXPECT_EQ(answer.code, 5) << answer.err;
    EXPECT_EQ(kernel_log_in(answer.err),
              Words{"the kernel's log in memory cannot be read: something has written over its beginning"})
        << answer.err;
}

TEST(KernelLog, of_this_kernel_has_what_log_level_kept_from_the_serial_line_and_nothing_else) {
    const auto fail = [](const std::string& command_line) {
        return lintel({"run", "--firmware", "direct", "--until-halt", "--timeout", "60", "--cmdline", command_line});
    };
    auto answer = fail("log_level=error fault=null");
    EXPECT_EQ(answer.code, 3) << answer.err;
    const auto log = kernel_log_in(answer.err);
    ASSERT_EQ(log.size(), 13U) << answer.err;
    EXPECT_TRUE(log[12].starts_with("[") && log[12].ends_with("] input: keyboard yes, serial line yes")) << log[12];
    answer = fail("fault=null");
    EXPECT_EQ(answer.code, 3) << answer.err;
    EXPECT_EQ(kernel_log_in(answer.err), Words{}) << "the serial line got all";
}

TEST(Verdicts, a_kernel_passes_or_fails_through_the_debug_exit_device) {
    auto answer = run_defect("pass");
    EXPECT_EQ(answer.code, 0);
    EXPECT_EQ(last_line(answer.err), "lintel: passed: the kernel said so");
    answer = run_defect("fail");
    EXPECT_EQ(answer.code, 1);
    EXPECT_EQ(last_line(answer.err), "lintel: failed: the kernel said so");
    answer = run_defect("value");
    EXPECT_EQ(answer.code, 1);
    EXPECT_EQ(last_line(answer.err), "lintel: failed: the kernel ended the machine with the value 0x2a");
}

TEST(Verdicts, a_reset_on_purpose_is_no_triple_fault) {
    auto answer = run_defect("reset");
    EXPECT_EQ(answer.code, 4);
    EXPECT_TRUE(last_line(answer.err).starts_with("lintel: reset: ")) << answer.err;
    EXPECT_FALSE(answer.err.contains("lintel: autopsy")) << answer.err;
}

TEST(Verdicts, a_halt_needs_no_autopsy) {
    auto answer = run_defect("halt");
    EXPECT_EQ(answer.code, 0);
    EXPECT_FALSE(answer.err.contains("lintel: autopsy")) << answer.err;
}

TEST(Verdicts, a_panic_has_names_behind_its_addresses_and_none_in_the_log_file) {
    Scratch scratch;
    auto answer = run_defect("panic", {"--serial-log", scratch / "serial.log"});
    EXPECT_EQ(answer.code, 3) << answer.err;
    EXPECT_EQ(last_line(answer.err), "lintel: panicked: the scheduler has lost a task");
    EXPECT_TRUE(answer.out.contains("  <- kernel_main at ")) << answer.out;
    const std::string log = contents(scratch / "serial.log");
    EXPECT_TRUE(log.contains("panic: called from 0xffffffff8000")) << log;
    EXPECT_FALSE(log.contains("<-")) << log;
}

TEST(Verdicts, a_panic_that_does_not_halt_is_one_all_the_same) {
    auto answer = run_hang("panic-and-spin");
    EXPECT_EQ(answer.code, 3) << answer.err;
    EXPECT_EQ(last_line(answer.err), "lintel: panicked: no memory left");
}

TEST(Artifacts, keep_what_a_failure_leaves_behind) {
    Scratch scratch;
    const fs::path folder = scratch / "artifacts of the run/ß";
    auto answer = run_defect("null-pointer", {"--artifacts", folder});
    EXPECT_EQ(answer.code, 4) << answer.err;
    EXPECT_TRUE(contents(folder / "serial.log").contains("lintel loader: booting")) << answer.err;
    EXPECT_TRUE(contents(folder / "screen.png").starts_with("\x89PNG"));
    EXPECT_TRUE(contents(folder / "autopsy.txt").starts_with("triple fault: null pointer in defects::null_pointer"));
    answer = run_defect("halt", {"--artifacts", folder});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_FALSE(fs::exists(folder / "autopsy.txt")) << "an earlier run's";
}

TEST(Artifacts, a_folder_that_cannot_be_made_is_refused_before_anything_starts) {
    auto answer = run_defect("halt", {"--artifacts", "/dev/null/folder"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_TRUE(last_line(answer.err).contains("cannot make the folder /dev/null/folder")) << answer.err;
}

TEST(Run, two_kernels_are_one_too_many) {
    auto answer = run_defect("halt", {"--kernel", LINTEL_DEFECTIVE_KERNEL});
    EXPECT_EQ(answer.code, 2);
    EXPECT_TRUE(last_line(answer.err).contains("two kernels are given")) << answer.err;
}

TEST(Run, a_foreign_kernel_gets_a_configuration_of_its_own) {
    auto answer = lintel({"run", kernel(), "--firmware", "direct", "--timeout", "100"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_TRUE(answer.out.contains("kernel: command line: \"init=halt\"")) << answer.out;
}

/// Everything temporary in a folder of its own for as long as it lives.
class OwnTemporaryFolder {
public:
    OwnTemporaryFolder() { ::setenv("TMPDIR", (scratch_ / "").c_str(), 1); }
    OwnTemporaryFolder(const OwnTemporaryFolder&) = delete;
    OwnTemporaryFolder& operator=(const OwnTemporaryFolder&) = delete;
    ~OwnTemporaryFolder() { ::unsetenv("TMPDIR"); }
    [[nodiscard]] bool empty() const { return fs::is_empty(scratch_ / ""); }

private:
    Scratch scratch_{};
};

TEST(ControlC, in_a_hang_leaves_no_process_and_no_file) {
    OwnTemporaryFolder folder;
    Terminal terminal({"run", LINTEL_DEFECTIVE_KERNEL, "--headless", "--firmware", "direct", "--cmdline", "spin"});
    ASSERT_TRUE(terminal.wait_for("booting Kernel")) << terminal.text();
    terminal.type("\x03");
    EXPECT_EQ(terminal.finish(), 130) << terminal.text();
    EXPECT_TRUE(terminal.sane());
    EXPECT_TRUE(folder.empty());
}

TEST(ControlC, before_the_kernel_leaves_no_process_and_no_file) {
    OwnTemporaryFolder folder;
    Terminal terminal({"run", LINTEL_DEFECTIVE_KERNEL, "--headless", "--loader", "lintel", "--cmdline", "spin"});
    ASSERT_TRUE(terminal.wait_for("lintel: accelerator")) << terminal.text();
    terminal.type("\x03");
    EXPECT_EQ(terminal.finish(), 130) << terminal.text();
    EXPECT_TRUE(folder.empty());
}

TEST(Terminal, shows_the_autopsy_of_a_triple_fault_and_ends) {
    OwnTemporaryFolder folder;
    Terminal terminal({"run", LINTEL_DEFECTIVE_KERNEL, "--headless", "--firmware", "direct", "--cmdline", "division"});
    EXPECT_EQ(terminal.finish(), 4) << terminal.text();
    EXPECT_TRUE(terminal.text().contains("lintel: triple fault: division by zero in defects::divide"));
    EXPECT_TRUE(folder.empty());
}

}  // namespace
}  // namespace lintel::end_to_end
