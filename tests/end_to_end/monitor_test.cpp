// The kernel's monitor as a person meets it: an interactive `lintel run`, keys over the serial line and from the
// machine's keyboard.
#include <gtest/gtest.h>

#include <memory>
#include <regex>

#include "runner/machine/qmp.hpp"
#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

constexpr std::string_view prompt = "lintel> ";

Words monitor_run(const std::string& firmware = "direct", const Words& more = {}) {
    Words words = {"run",    "--headless", "--loader", "lintel",    "--firmware",
                   firmware, "--cpus",     "4",        "--timeout", "200"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

/// One session for all questions, with the kernel that has everything to answer them.
class Monitor : public testing::Test {
protected:
    static void SetUpTestSuite() {
        terminal = std::make_unique<Terminal>(monitor_run("direct", {"--kernel", test_kernel().string()}));
        terminal->wait_for(prompt);
    }
    static void TearDownTestSuite() { terminal.reset(); }

    /// What the monitor says to a line. The next line is one that it cannot know, whose answer shows that it is done.
    static std::string answer(const std::string& line) {
        const std::size_t before = terminal->text().size();
        const std::string end = "there is no command end" + std::to_string(++questions) + ";";
        terminal->type(line + "\rend" + std::to_string(questions) + "\r");
        EXPECT_TRUE(terminal->wait_for(end)) << line << "\n" << terminal->text();
        std::string said = terminal->text().substr(before);
        std::erase(said, '\r');
        return said;
    }

    static void expect_answer(const std::string& line, const std::string& pattern) {
        const std::string said = answer(line);
        EXPECT_TRUE(std::regex_search(said, std::regex(pattern))) << said << "\nis not: " << pattern;
    }

    inline static std::unique_ptr<Terminal> terminal;
    inline static int questions = 0;
};

TEST_F(Monitor, help_fits_a_screen_and_names_every_command) {
    const std::string said = answer("help");
    for (const char* command : {"mem", "page <address>", "tables", "cpus", "irqs", "acpi", "dmesg", "backtrace",
                                "fault <kind>", "test [filter]", "bench [name]", "reboot", "poweroff"})
        EXPECT_TRUE(said.contains(std::string("\n") + command + " ")) << command << " is missing in\n" << said;
    EXPECT_LT(lines_of(said).size(), 24U);
}

TEST_F(Monitor, each_command_answers) {
    expect_answer("mem", "frames +[0-9]+ of [0-9]+ free");
    expect_answer("cpus", "\n +3 +3 ");
    expect_answer("irqs", "\n +0x[0-9a-f]{2} +[0-9]+  .*serial");
    expect_answer("tables", "\nGDT 0xffff[0-9a-f]+, 7 entries, .*\nIDT 0xffff[0-9a-f]+, 256 gates\n");
    expect_answer("tables", "\n0xffffffff80[0-9a-f]+-0x[0-9a-f]+ .*read, execute");
    expect_answer("acpi", "\nFACP +[0-9]+ +[0-9]+  BOCHS");
    expect_answer("dmesg", "\\] base revision: 6\n");
    expect_answer("backtrace", "\ncalled from 0xffffffff[0-9a-f]+ lintel::Shell::obey");
    expect_answer("fault breakpoint", "survived: a breakpoint, which returns");
    expect_answer("test traps: a_breakpoint", "\nok: traps: a_breakpoint_returns");
    expect_answer("bench frame", "\nbench: frame +[0-9]+ ticks");
}

TEST_F(Monitor, a_page_is_where_the_tables_say) {
    expect_answer("page 8", "\n0x0000000000000008 is not mapped\n");
    expect_answer("page 0xffffffff80001000", "is physical 0x[0-9a-f]+: read, execute; write-back");
    expect_answer("page ffffffff80001000", "is physical 0x");
}

TEST_F(Monitor, bad_arguments_get_one_sentence_each) {
    expect_answer("page", "\npage needs <address>\n");
    expect_answer("page here", "\nthis is no address: here\n");
    expect_answer("mem all", "\nmem takes no argument\n");
    expect_answer("fault nothing", "\nthere is no fault of this kind; .*: nothing\n");
    expect_answer("test no such test", "\nno test has this in its name: no such test\n");
    expect_answer("bench nothing", "\nthere is no benchmark of this name; .*: nothing\n");
}

TEST_F(Monitor, a_line_can_be_edited_and_called_back) {
    expect_answer("xhelp\x1b[H\x1b[3~", "these lines, or more about one of them");
    expect_answer("hel\tme\b\bmem", "\nmem: how much memory there is");
    expect_answer("\x1b[A\x1b[A", "\nmem: how much memory there is");
}

void expect_ending(const std::string& firmware, const std::string& command, int code, const std::string& sentence) {
    Terminal terminal(monitor_run(firmware));
    ASSERT_TRUE(terminal.wait_for(prompt)) << terminal.text();
    terminal.type(command + "\r");
    EXPECT_EQ(terminal.finish(), code) << terminal.text();
    EXPECT_TRUE(terminal.text().contains(sentence)) << terminal.text();
}

class MonitorUnder : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Firmware, MonitorUnder, testing::Values("direct", "uefi"),
                         [](const auto& given) { return given.param; });

TEST_P(MonitorUnder, poweroff_switches_the_machine_off) {
    expect_ending(GetParam(), "poweroff", 0, "lintel: off: the machine switched itself off");
}

TEST_P(MonitorUnder, reboot_resets_the_machine) {
    expect_ending(GetParam(), "reboot", 4, "lintel: reset: the machine reset itself, and not by a triple fault");
}

TEST(MonitorFault, a_fault_is_explained_at_the_prompt_that_asked_for_it) {
    Terminal terminal(monitor_run());
    ASSERT_TRUE(terminal.wait_for(prompt)) << terminal.text();
    terminal.type("fault null\r");
    EXPECT_TRUE(terminal.wait_for("panic: page fault: wrote to 0x0000000000000008")) << terminal.text();
    EXPECT_TRUE(terminal.wait_for("lintel::Shell::obey")) << terminal.text();
}

// What comes in the very moment in which the port is set up is lost all the same, hence more than one boot.
TEST(MonitorKeys, typed_before_the_machine_runs_are_obeyed_at_the_prompt) {
    int code = -1;
    std::string text;
    for (int boots = 0; boots < 3 && code != 0; ++boots) {
        Terminal terminal(monitor_run());
        terminal.type("poweroff\r");
        code = terminal.finish(std::chrono::seconds(60));
        text = terminal.text();
    }
    EXPECT_EQ(code, 0) << text;
    EXPECT_TRUE(text.contains("lintel> poweroff")) << text;
}

TEST(MonitorKeyboard, keys_of_the_machines_keyboard_arrive) {
    Scratch scratch;
    const fs::path socket = scratch / "qmp";
    Terminal terminal(monitor_run("direct", {"--", "-qmp", "unix:" + socket.string() + ",server=on,wait=off"}));
    ASSERT_TRUE(terminal.wait_for(prompt)) << terminal.text();
    auto qmp = runner::Qmp::connect(socket);
    ASSERT_TRUE(qmp) << qmp.error().sentence;
    const auto deadline = runner::Clock::now() + std::chrono::seconds(60);
    ASSERT_TRUE(qmp->greet(deadline));
    // "hx", then the x goes again; a capital letter; and a line that ends the machine.
    for (const std::vector<std::string>& key : std::vector<std::vector<std::string>>{
             {"h"}, {"x"}, {"backspace"}, {"e"}, {"l"}, {"p"}, {"ret"}, {"shift", "x"}, {"ret"}})
        ASSERT_TRUE(qmp->press(key, deadline));
    EXPECT_TRUE(terminal.wait_for("these lines, or more about one of them")) << terminal.text();
    EXPECT_TRUE(terminal.wait_for("there is no command X;")) << terminal.text();
    // Both at once are one line.
    terminal.type("zeb");
    ASSERT_TRUE(terminal.wait_for("zeb")) << terminal.text();
    for (const char* key : {"r", "a", "ret"}) ASSERT_TRUE(qmp->press({key}, deadline));
    EXPECT_TRUE(terminal.wait_for("there is no command zebra;")) << terminal.text();
    terminal.type("poweroff\r");
    EXPECT_EQ(terminal.finish(), 0) << terminal.text();
}

/// Types lines at the machine's keyboard: a command that is logged, and one that there is not, whose answer shows that
/// the first is through. Gives the log's stamp.
double stamp_of_breakpoint(Terminal& terminal, runner::Qmp& qmp, const std::string& unknown) {
    for (const char letter : "fault breakpoint\n" + unknown + "\n") {
        const std::string key = letter == ' ' ? "spc" : letter == '\n' ? "ret" : std::string(1, letter);
        EXPECT_TRUE(qmp.press({key}, runner::Clock::now() + std::chrono::seconds(60)));
    }
    EXPECT_TRUE(terminal.wait_for("there is no command " + unknown + ";")) << terminal.text();
    const std::size_t line = terminal.text().rfind("] breakpoint before");
    const std::size_t stamp = terminal.text().rfind('[', line);
    EXPECT_NE(line, std::string::npos) << terminal.text();
    return line == std::string::npos ? 0 : std::strtod(terminal.text().c_str() + stamp + 1, nullptr);
}

TEST(MonitorKeyboard, an_escape_that_nothing_follows_does_not_swallow_what_comes_later) {
    Scratch scratch;
    const fs::path socket = scratch / "qmp";
    Terminal terminal(monitor_run("direct", {"--", "-qmp", "unix:" + socket.string() + ",server=on,wait=off"}));
    ASSERT_TRUE(terminal.wait_for(prompt)) << terminal.text();
    auto qmp = runner::Qmp::connect(socket);
    ASSERT_TRUE(qmp) << qmp.error().sentence;
    ASSERT_TRUE(qmp->greet(runner::Clock::now() + std::chrono::seconds(60)));
    terminal.type("\x1b");
    // The machine's own clock says when a tenth of a second is over, and half a second more for the escape to get
    // there.
    std::string unknown = "x";
    const double first = stamp_of_breakpoint(terminal, *qmp, unknown);
    while (!HasFailure() && stamp_of_breakpoint(terminal, *qmp, unknown += "x") < first + 0.6) {
    }
    terminal.type("help\r");
    EXPECT_TRUE(terminal.wait_for("these lines, or more about one of them")) << terminal.text();
}

TEST(MonitorInit, a_paused_machine_ends_in_its_halt_loop) {
    Scratch scratch;
    const fs::path socket = scratch / "qmp";
    Terminal terminal(
        monitor_run("direct", {"--verbose", "--", "-S", "-qmp", "unix:" + socket.string() + ",server=on,wait=off"}));
    ASSERT_TRUE(terminal.wait_for("lintel: command ")) << terminal.text();
    auto qmp = runner::Qmp::connect(socket);
    ASSERT_TRUE(qmp) << qmp.error().sentence;
    const auto deadline = runner::Clock::now() + std::chrono::seconds(60);
    ASSERT_TRUE(qmp->greet(deadline));
    ASSERT_TRUE(qmp->execute("cont", "{}", deadline));
    EXPECT_TRUE(terminal.wait_for("halted")) << terminal.text();
    EXPECT_FALSE(terminal.text().contains(prompt)) << terminal.text();
}

}  // namespace
}  // namespace lintel::end_to_end
