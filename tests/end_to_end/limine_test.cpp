// The same kernel and the same limine.conf under the real Limine, where this machine has one.
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

class Limine : public testing::Test {
protected:
    void SetUp() override {
        const char* path = std::getenv("LIMINE_PATH");
        if (!path || !*path) GTEST_SKIP() << "LIMINE_PATH is not set";
        settings = {{"LIMINE_PATH", path}};
    }
    Settings settings;
};

TEST_F(Limine, boots_the_kernel_under_uefi) {
    auto answer = lintel({"run", "--loader", "auto", "--timeout", "100"}, settings);
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(answer.err.contains("lintel: loader       Limine, because LIMINE_PATH=")) << answer.err;
    // An older Limine does not speak the kernel's base revision, and the kernel says so.
    EXPECT_TRUE(answer.out.contains("kernel: loader: Limine ") ||
                answer.out.contains("kernel: asked for base revision 6, got "))
        << answer.out;
    EXPECT_TRUE(answer.out.ends_with("kernel: halted\n")) << answer.out;
}

TEST_F(Limine, boots_the_kernel_under_bios) {
    auto answer = lintel({"run", "--loader", "limine", "--timeout", "100"},
                         {settings[0], {"OVMF_PATH", "/usr/share/seabios/bios-256k.bin"}});
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(answer.out.ends_with("kernel: halted\n")) << answer.out;
}

TEST_F(Limine, boots_the_kernel_from_a_disk_under_bios) {
    auto answer = lintel({"run", "--loader", "limine", "--image", "disk", "--timeout", "100"},
                         {settings[0], {"OVMF_PATH", "/usr/share/seabios/bios-256k.bin"}});
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(answer.out.ends_with("kernel: halted\n")) << answer.out;
}

TEST_F(Limine, image_is_the_same_byte_by_byte_when_made_twice) {
    Scratch scratch;
    for (const char* name : {"first.iso", "second.iso"})
        ASSERT_EQ(lintel({"image", "--loader", "limine", "-o", scratch / name}, settings).code, 0);
    EXPECT_TRUE(contents(scratch / "first.iso") == contents(scratch / "second.iso"));
}

}  // namespace
}  // namespace lintel::end_to_end
