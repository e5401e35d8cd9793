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
    cmdline: chosen=first
/Second
    protocol: limine
    path: boot():/boot/kernel.elf
    cmdline: chosen=second
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
    EXPECT_TRUE(terminal.wait_for("command line: \"chosen=second\"")) << terminal.text();
    EXPECT_EQ(terminal.finish(), 0) << terminal.text();
}

TEST_P(Menu, a_key_press_on_the_serial_line_chooses_an_entry) {
    Scratch scratch;
    Terminal terminal(menu_run(scratch, GetParam()));
    ASSERT_TRUE(terminal.wait_for("Second")) << terminal.text();
    terminal.type("\x1b[B\r");
    EXPECT_TRUE(terminal.wait_for("command line: \"chosen=second\"")) << terminal.text();
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
    EXPECT_TRUE(answer.out.contains("command line: \"chosen=first\"")) << answer.out;
}

}  // namespace
}  // namespace lintel::end_to_end
