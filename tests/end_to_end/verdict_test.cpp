// How a run can end, other than in the halt loop: each has an exit code and a sentence of its own. In direct boot, but
// for what firmware has a part in.
#include <gtest/gtest.h>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

Answer boot(std::string_view command_line, std::string_view kernel_bytes, const std::string& timeout = "100") {
    Scratch scratch;
    const std::string conf =
        "timeout: 0\n/Test\n    protocol: limine\n    path: boot():/boot/kernel.elf\n    cmdline: " +
        std::string(command_line) + "\n";
    return lintel({"run", "--firmware", "direct", "--timeout", timeout, "--config", scratch.add("limine.conf", conf),
                   "--kernel", scratch.add("kernel.elf", kernel_bytes)});
}

TEST(Verdict, a_panic_is_named_with_its_reason) {
    auto answer = boot("fault=panic", contents(kernel()));
    EXPECT_EQ(answer.code, 3) << answer.err;
    EXPECT_TRUE(answer.err.contains("lintel: panicked: asked for on the command line")) << answer.err;
    EXPECT_TRUE(answer.out.contains("panic: at kernel/debug/deliberate.cpp:")) << answer.out;
}

TEST(Verdict, a_failed_assertion_of_the_standard_library_is_a_panic) {
    auto answer = boot("fault=bounds", contents(kernel()));
    EXPECT_EQ(answer.code, 3) << answer.err << answer.out;
}

TEST(Verdict, a_triple_fault_is_told_from_a_halt) {
    auto answer = boot("", kernel_that_starts_with("\x0f\x0b"));  // ud2, and there is no IDT
    EXPECT_EQ(answer.code, 4) << answer.err;
    EXPECT_TRUE(answer.err.contains("lintel: triple fault: compiled-in trap")) << answer.err;
}

TEST(Verdict, a_kernel_that_never_halts_times_out) {
    auto answer = boot("", kernel_that_starts_with("\xeb\xfe"), "3");  // a jump to itself
    EXPECT_EQ(answer.code, 5) << answer.err;
    EXPECT_TRUE(answer.err.contains("lintel: timed out: ")) << answer.err;
}

TEST(Verdict, a_halt_that_an_interrupt_can_end_is_no_halt) {
    // sti; hlt; jmp back: waits for interrupts, which nothing sends.
    auto answer = boot("", kernel_that_starts_with("\xfb\xf4\xeb\xfc"), "3");
    EXPECT_NE(answer.code, 0) << answer.err;
}

TEST(Verdict, a_machine_with_several_processors_halts_too) {
    auto answer = lintel({"run", "--firmware", "direct", "--cpus", "3", "--memory", "1G", "--timeout", "100"});
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(answer.err.contains("lintel: halted: ")) << answer.err;
}

TEST(Verdict, control_c_ends_the_machine_and_leaves_the_terminal_sane) {
    Terminal terminal({"run", "--headless", "--firmware", "direct", "--verbose"});
    ASSERT_TRUE(terminal.wait_for("lintel> ")) << terminal.text();
    EXPECT_FALSE(terminal.sane()) << "keys should reach the guest one by one";
    terminal.type("\x03");
    EXPECT_EQ(terminal.finish(), 130) << terminal.text();
    EXPECT_TRUE(terminal.sane());
}

}  // namespace
}  // namespace lintel::end_to_end
