// `lintel flash` as a person types it, on a file in a device's place: nothing here touches a device.
#include <gtest/gtest.h>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

struct Stick {
    Stick()
        : image(scratch.add("os.img", std::string(5000, 'i'))), device(scratch.add("stick", std::string(9000, 'o'))) {}
    [[nodiscard]] bool untouched() const { return contents(device) == std::string(9000, 'o'); }
    [[nodiscard]] bool written() const { return contents(device).starts_with(std::string(5000, 'i') + "o"); }
    Scratch scratch;
    fs::path image;
    fs::path device;
};

TEST(FlashCommand, writes_when_told_to_and_says_that_it_compared) {
    Stick stick;
    auto answer = lintel({"flash", stick.image, stick.device, "--regular-file", "--yes"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_TRUE(answer.err.ends_with("lintel: written      5000 bytes, read back and the same\n")) << answer.err;
    EXPECT_TRUE(stick.written());
}

TEST(FlashCommand, without_a_terminal_or_consent_it_only_says_what_it_would_do) {
    Stick stick;
    auto answer = lintel({"flash", stick.image, stick.device, "--regular-file"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_TRUE(answer.err.contains("lintel: everything on the device will be lost\n")) << answer.err;
    EXPECT_TRUE(answer.err.ends_with("nothing was written; add --yes to write without being asked\n")) << answer.err;
    EXPECT_TRUE(stick.untouched());
}

TEST(FlashCommand, at_a_terminal_the_devices_name_is_the_consent_and_nothing_else) {
    Stick stick;
    Terminal doubtful({"flash", stick.image, stick.device, "--regular-file"});
    ASSERT_TRUE(doubtful.wait_for("type the device's name, stick, to write: ")) << doubtful.text();
    doubtful.type("yes\n");
    EXPECT_EQ(doubtful.finish(), 2);
    EXPECT_TRUE(doubtful.text().contains("that is not stick; nothing was written")) << doubtful.text();
    EXPECT_TRUE(stick.untouched());

    Terminal sure({"flash", stick.image, stick.device, "--regular-file"});
    ASSERT_TRUE(sure.wait_for("to write: ")) << sure.text();
    sure.type("stick\n");
    EXPECT_EQ(sure.finish(), 0) << sure.text();
    EXPECT_TRUE(stick.written());
}

TEST(FlashCommand, what_is_no_device_or_no_image_is_refused_by_name) {
    Stick stick;
    EXPECT_TRUE(lintel({"flash", stick.image, stick.device, "--yes"}).err.contains("is no block device"));
    EXPECT_TRUE(lintel({"flash", stick.image, "/dev/null", "--yes"}).err.contains("/dev/null is no block device"));
    EXPECT_TRUE(lintel({"flash", stick.image, "/dev/nonexistent", "--yes"}).err.contains("there is no device"));
    EXPECT_TRUE(lintel({"flash", "/nonexistent", stick.device, "--yes"}).err.contains("cannot read the image"));
    const auto same = lintel({"flash", stick.image, stick.image, "--regular-file", "--yes"});
    EXPECT_EQ(same.code, 2);
    EXPECT_TRUE(same.err.contains("are the same file")) << same.err;
    const auto small = lintel({"flash", stick.device, stick.image, "--regular-file", "--yes"});
    EXPECT_TRUE(small.err.contains("the image has 9000 bytes, and ")) << small.err;
    EXPECT_TRUE(stick.untouched());
}

}  // namespace
}  // namespace lintel::end_to_end
