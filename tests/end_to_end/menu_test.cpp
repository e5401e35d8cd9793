// The boot menu, on both of its ways in: the machine's keyboard and the serial line.
#include <gtest/gtest.h>

#include "runner/machine/qmp.hpp"
#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

constexpr std::string_view configuration = R"(timeout: 30
/First
    protocol: limine
    path: boot():/boot/kernel.elf
    cmdline: init=halt chosen=first
/Second
    protocol: limine
    path: boot():/boot/kernel.elf
    cmdline: init=halt chosen=second
)";

class Menu : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Under, Menu, testing::Values("direct", "uefi"), [](const auto& given) { return given.param; });

Words menu_run(Scratch& scratch, const std::string& firmware) {
    return {"run",        "--firmware",   firmware,
            "--headless", "--until-halt", "--timeout",
            "100",        "--config",     scratch.add("limine.conf", configuration),
            "--loader",   "lintel"};
}

TEST_P(Menu, a_key_press_on_the_keyboard_chooses_an_entry) {
    Scratch scratch;
    const fs::path socket = scratch / "qmp";
    Words words = menu_run(scratch, GetParam());
    for (const std::string& word :
         {std::string("--"), std::string("-qmp"), "unix:" + socket.string() + ",server=on,wait=off"})
        words.push_back(word);
    Terminal terminal(words);
    ASSERT_TRUE(terminal.wait_for("Second")) << terminal.text();

    auto qmp = runner::Qmp::connect(socket);
    ASSERT_TRUE(qmp) << qmp.error().sentence;
    const auto deadline = runner::Clock::now() + std::chrono::seconds(10);
    ASSERT_TRUE(qmp->greet(deadline));
    ASSERT_TRUE(qmp->press({"down"}, deadline));
    ASSERT_TRUE(qmp->press({"ret"}, deadline));
    EXPECT_TRUE(terminal.wait_for("command line: \"init=halt chosen=second\"")) << terminal.text();
    EXPECT_EQ(terminal.finish(), 0) << terminal.text();
}

// Under UEFI, the editor's test presses the same keys.
TEST(MenuInDirectBoot, a_key_press_on_the_serial_line_chooses_an_entry) {
    Scratch scratch;
    Terminal terminal(menu_run(scratch, "direct"));
    ASSERT_TRUE(terminal.wait_for("Second")) << terminal.text();
    terminal.type("\x1b[B\r");
    EXPECT_TRUE(terminal.wait_for("command line: \"init=halt chosen=second\"")) << terminal.text();
    EXPECT_EQ(terminal.finish(), 0) << terminal.text();
}

TEST_P(Menu, the_countdown_boots_the_default_entry) {
    Scratch scratch;
    std::string conf(configuration);
    conf.replace(0, std::string_view("timeout: 30").size(), "timeout: 1");
    auto answer =
        lintel({"run", "--firmware", GetParam(), "--timeout", "100", "--config", scratch.add("limine.conf", conf)});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_TRUE(answer.out.contains("Second")) << "no menu: " << answer.out;
    EXPECT_TRUE(answer.out.contains("command line: \"init=halt chosen=first\"")) << answer.out;
}

TEST_P(Menu, an_entry_is_edited_over_the_serial_line_and_booted) {
    Scratch scratch;
    Terminal terminal(menu_run(scratch, GetParam()));
    ASSERT_TRUE(terminal.wait_for("Second")) << terminal.text();
    terminal.type("\x1b[Be");
    ASSERT_TRUE(terminal.wait_for("Editing: Second")) << terminal.text();
    // Behind the last line, a mistake first: it is explained, and what explains it is still there to be mended.
    // Arrows rather than Page Down, whose sequence depends on what terminal the firmware takes the line for.
    for (int i = 0; i < 6; ++i) terminal.type("\x1b[B");
    terminal.type("\x1b[F-edited\rbogus");
    ASSERT_TRUE(terminal.wait_for("neither a title nor an option nor a comment")) << terminal.text();
    terminal.type("\x18\b\b\b\b\b\x18");
    EXPECT_TRUE(terminal.wait_for("command line: \"init=halt chosen=second-edited\"")) << terminal.text();
    EXPECT_EQ(terminal.finish(), 0) << terminal.text();
    EXPECT_EQ(contents(scratch / "limine.conf"), configuration);
}

/// Presses keys one after the other.
void press_all(runner::Qmp& qmp, std::initializer_list<std::vector<std::string>> keys) {
    const auto deadline = runner::Clock::now() + std::chrono::seconds(20);
    for (const auto& key : keys) ASSERT_TRUE(qmp.press(key, deadline));
}

TEST(MenuEditor, an_entry_is_edited_with_the_keyboard_on_the_screen) {
    Scratch scratch;
    const fs::path socket = scratch / "qmp";
    Words words = menu_run(scratch, "direct");
    for (const std::string& word :
         {std::string("--"), std::string("-qmp"), "unix:" + socket.string() + ",server=on,wait=off"})
        words.push_back(word);
    Terminal terminal(words);
    ASSERT_TRUE(terminal.wait_for("Second")) << terminal.text();
    auto qmp = runner::Qmp::connect(socket);
    ASSERT_TRUE(qmp) << qmp.error().sentence;
    ASSERT_TRUE(qmp->greet(runner::Clock::now() + std::chrono::seconds(10)));
    // Escape leaves the editor, and what was typed is forgotten.
    press_all(*qmp, {{"down"}, {"e"}});
    ASSERT_TRUE(terminal.wait_for("Editing: Second")) << terminal.text();
    press_all(*qmp, {{"x"}, {"esc"}});
    ASSERT_TRUE(terminal.wait_for("E edit")) << terminal.text();
    press_all(*qmp, {{"e"}, {"pgdn"}, {"end"}, {"shift", "a"}, {"1"}, {"f10"}});
    EXPECT_TRUE(terminal.wait_for("command line: \"init=halt chosen=secondA1\"")) << terminal.text();
    EXPECT_EQ(terminal.finish(), 0) << terminal.text();
}

TEST(MenuEditor, a_configuration_that_forbids_it_keeps_the_editor_shut) {
    Scratch scratch;
    auto words = menu_run(scratch, "direct");
    scratch.add("limine.conf", "editor_enabled: no\n" + std::string(configuration));
    Terminal terminal(words);
    ASSERT_TRUE(terminal.wait_for("Second")) << terminal.text();
    terminal.type("e\r");
    EXPECT_TRUE(terminal.wait_for("command line: \"init=halt chosen=first\"")) << terminal.text();
    EXPECT_EQ(terminal.finish(), 0) << terminal.text();
    EXPECT_FALSE(terminal.text().contains("Editing")) << terminal.text();
}

TEST(MenuText, what_a_configuration_says_commands_no_terminal_and_floods_none) {
    Scratch scratch;
    const std::string conf = "\x1b]0;evil\x07" + std::string(1 << 19, 'x') +
                             ": 1\ntimeout: 0\n/\x1b[2JTitle\nprotocol: limine\n"
                             "path: boot():/boot/kernel.elf\n";
    auto answer =
        lintel({"run", "--firmware", "direct", "--timeout", "100", "--config", scratch.add("limine.conf", conf)});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_FALSE(answer.out.contains('\x1b'));
    EXPECT_TRUE(answer.out.contains("?]0;evil?xxx")) << answer.out;
    EXPECT_TRUE(answer.out.contains("booting ?[2JTitle (")) << answer.out;
    EXPECT_LT(answer.out.size(), 20000U);
}

TEST(MenuText, verbose_tells_more) {
    Scratch scratch;
    const std::string conf =
        "verbose: yes\ntimeout: 0\n/Title\nprotocol: limine\npath: boot():/boot/kernel.elf\n"
        "cmdline: a b init=halt\nresolution: 800x600\nmodule_path: boot():/boot/kernel.elf\nmodule_string: again\n";
    auto answer =
        lintel({"run", "--firmware", "direct", "--timeout", "100", "--config", scratch.add("limine.conf", conf)});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_TRUE(answer.out.contains("lintel loader: the configuration has " + std::to_string(conf.size()) +
                                    " bytes, 1 entries, 0 macros\n"))
        << answer.out;
    EXPECT_TRUE(answer.out.contains("lintel loader: command line \"a b init=halt\"\n")) << answer.out;
    EXPECT_TRUE(answer.out.contains("lintel loader: module /boot/kernel.elf \"again\"\n")) << answer.out;
    EXPECT_TRUE(answer.out.contains("lintel loader: resolution 800x600\n")) << answer.out;
}

TEST(MenuSerial, serial_no_keeps_the_line_for_the_kernel_alone) {
    Scratch scratch;
    const std::string conf = "serial: no\ntimeout: 0.1\n/Title\nprotocol: limine\npath: boot():/boot/kernel.elf\n";
    auto answer =
        lintel({"run", "--firmware", "direct", "--timeout", "100", "--config", scratch.add("limine.conf", conf)});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_FALSE(answer.out.contains("Title")) << answer.out;
    EXPECT_TRUE(answer.out.contains("kernel: loader: Lintel")) << answer.out;
}

}  // namespace
}  // namespace lintel::end_to_end
