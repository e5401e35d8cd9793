// What the kernel draws on framebuffers other than one of 32 bits: fewer bits for a pixel, and two at once.
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <stdexcept>

#include "runner/machine/qmp.hpp"
#include "tests/end_to_end/picture.hpp"
#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

constexpr int row_height = 16;  // of text
constexpr Pixel panic_ink{246, 246, 250};

const ConsoleFont& console_font() {
    static const ConsoleFont font("/usr/share/consolefonts/Uni2-Terminus16.psf.gz");
    return font;
}

/// The row of text that `text` stands at the beginning of; nothing where there is none.
std::optional<int> row_of(const Picture& picture, std::string_view text, Pixel ink) {
    for (int row = 0; (row + 1) * row_height <= picture.height(); ++row)
        if (shows_text(picture, console_font(), text, 0, row * row_height, 1, ink)) return row;
    return std::nullopt;
}

/// The banner, and a panic's report over its upper part.
Picture screen_with(int bits, const fs::path& file) {
    Scratch scratch;
    const auto conf = scratch.add("limine.conf",
                                  "timeout: 0\n/Test\nprotocol: limine\npath: boot():/boot/kernel.elf\nresolution: "
                                  "1024x768x" +
                                      std::to_string(bits) + "\ncmdline: init=halt fault=panic\n");
    auto answer = lintel({"run", "--firmware", "direct", "--headless", "--until-halt", "--timeout", "100", "--config",
                          conf, "--screenshot", file});
    const std::string words = "framebuffer: 1024x768x" + std::to_string(bits) + " pitch ";
    if (!answer.out.contains(words)) throw std::runtime_error("another mode was set: " + answer.out);
    return Picture(file);
}

bool near(Pixel left, Pixel right, int most) {
    return std::abs(left.red - right.red) <= most && std::abs(left.green - right.green) <= most &&
           std::abs(left.blue - right.blue) <= most;
}

class BitsPerPixel : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Screens, BitsPerPixel, testing::Values(15, 16, 24),
                         [](const auto& given) { return std::to_string(given.param); });

TEST_P(BitsPerPixel, show_the_same_picture_as_32_but_for_the_finest_shades) {
    Scratch scratch;
    const Picture fine = screen_with(32, scratch / "fine.ppm");
    const Picture coarse = screen_with(GetParam(), scratch / "coarse.ppm");
    ASSERT_EQ(row_of(fine, "panic: asked for on the command line", panic_ink), 0);
    ASSERT_EQ(coarse.width(), fine.width());
    ASSERT_EQ(coarse.height(), fine.height());
    // Of 255: half a step of five bits, and the three bits below them that QEMU leaves zero.
    const int most = GetParam() == 24 ? 0 : 4 + 7;
    for (int y = 0; y < fine.height(); ++y)
        for (int x = 0; x < fine.width(); ++x)
            ASSERT_TRUE(near(coarse.at(x, y), fine.at(x, y), most)) << "at (" << x << ", " << y << ")";
}

TEST(Screen, is_black_when_a_kernel_starts_whatever_the_firmware_showed) {
    Scratch scratch;
    const auto answer =
        lintel({"run", scratch.add("kernel.elf", scripted_kernel("started\n")), "--loader", "lintel", "--headless",
                "--until-halt", "--timeout", "100", "--screenshot", scratch / "screen.ppm"});
    ASSERT_TRUE(answer.out.contains("started")) << answer.err;
    const Picture picture(scratch / "screen.ppm");
    for (int y = 0; y < picture.height(); ++y)
        for (int x = 0; x < picture.width(); ++x)
            ASSERT_EQ(picture.at(x, y), (Pixel{0, 0, 0})) << "at (" << x << ", " << y << ")";
}

template <class T>
T must(runner::Outcome<T> outcome) {
    if (!outcome) throw std::runtime_error(outcome.error().sentence);
    if constexpr (!std::is_void_v<T>) return *std::move(outcome);
}

/// What one of the machine's displays shows; `device` is a part of a command's arguments.
Picture take_picture(runner::Qmp& qmp, const fs::path& file, const std::string& device) {
    must(qmp.execute("screendump", "{\"filename\": \"" + file.string() + "\"" + device + "}",
                     runner::Clock::now() + std::chrono::seconds(60)));
    return Picture(file);
}

// Firmware drives both, which a direct boot's loader does not.
TEST(Screens, two_displays_show_the_same_text) {
    Scratch scratch;
    const fs::path socket = scratch / "qmp";
    Terminal terminal({"run", "--loader", "lintel", "--firmware", "uefi", "--headless", "--timeout", "180", "--",
                       "-device", "secondary-vga,id=second", "-qmp",
                       "unix:" + socket.string() + ",server=on,wait=off"});
    ASSERT_TRUE(terminal.wait_for("lintel> ", std::chrono::seconds(170))) << terminal.text();
    // The serial line gets text before the screens do: what comes after it there is on the screens.
    terminal.type("page 8\r");
    ASSERT_TRUE(terminal.wait_for("0x0000000000000008 is not mapped")) << terminal.text();
    terminal.type("zebra");
    ASSERT_TRUE(terminal.wait_for("zebra")) << terminal.text();
    auto qmp = must(runner::Qmp::connect(socket));
    must(qmp.greet(runner::Clock::now() + std::chrono::seconds(60)));
    const Picture first = take_picture(qmp, scratch / "first.ppm", "");
    const Picture second = take_picture(qmp, scratch / "second.ppm", ", \"device\": \"second\"");
    const Pixel ink{208, 212, 222};
    const auto row = row_of(first, "0x0000000000000008 is not mapped", ink);
    ASSERT_TRUE(row) << "the first display does not show it";
    EXPECT_EQ(row_of(second, "0x0000000000000008 is not mapped", ink), row);
    // All above it, too, pixel by pixel.
    ASSERT_EQ(second.width(), first.width());
    for (int y = 0; y < *row * row_height; ++y)
        for (int x = 0; x < first.width(); ++x)
            ASSERT_EQ(second.at(x, y), first.at(x, y)) << "at (" << x << ", " << y << ")";
    terminal.type("\x15poweroff\r");
    EXPECT_EQ(terminal.finish(), 0) << terminal.text();
}

}  // namespace
}  // namespace lintel::end_to_end
