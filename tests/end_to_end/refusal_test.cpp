// What can be wrong on the host: each is one sentence on standard error with the remedy, and exit code 2.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

void expect_refusal(const Answer& answer, std::string_view sentence) {
    EXPECT_EQ(answer.code, 2) << answer.err;
    const auto lines = lines_of(answer.err);
    ASSERT_FALSE(lines.empty());
    EXPECT_TRUE(lines.back().starts_with("lintel: ") && lines.back().contains(sentence)) << answer.err;
    EXPECT_EQ(answer.out, "");
}

TEST(Refusal, limine_path_that_is_no_folder) {
    expect_refusal(lintel({"run", "--loader", "auto"}, {{"LIMINE_PATH", "/nowhere"}}),
                   "LIMINE_PATH=/nowhere is not a folder");
}

TEST(Refusal, limine_path_that_lacks_a_file) {
    Scratch scratch;
    scratch.add("BOOTX64.EFI", "x");
    const std::string folder = (scratch / "").string();
    expect_refusal(lintel({"run", "--loader", "limine"}, {{"LIMINE_PATH", folder}}),
                   "LIMINE_PATH=" + folder + " lacks limine-bios.sys");
}

TEST(Refusal, no_firmware) {
    Scratch scratch;
    expect_refusal(lintel({"run"}, {{"OVMF_PATH", (scratch / "").string()}}), "has no OVMF_CODE");
    expect_refusal(lintel({"run"}, {{"OVMF_PATH", "/nowhere.fd"}}), "OVMF_PATH=/nowhere.fd is neither");
}

TEST(Refusal, xorriso_failing_with_its_own_last_words) {
    Scratch scratch;
    scratch.add_program("bin/xorriso", "#!/bin/sh\necho 'xorriso : FATAL : the moon is full' >&2\nexit 5\n");
    const std::string path = (scratch / "bin").string() + ":/usr/bin:/bin";
    const fs::path output = scratch / "os.iso";
    expect_refusal(lintel({"image", "-o", output}, {{"PATH", path}}),
                   "xorriso failed to make the ISO (exit code 5): xorriso : FATAL : the moon is full");
    EXPECT_FALSE(fs::exists(output));
}

TEST(Refusal, a_missing_tool_with_its_package) {
    Scratch scratch;
    expect_refusal(lintel({"image", "-o", scratch / "os.iso"}, {{"PATH", "/nowhere"}}), "apt-get install mtools");
    expect_refusal(lintel({"run", "--firmware", "direct"}, {{"PATH", "/nowhere"}}),
                   "qemu-system-x86_64 is missing; install it with: "
                   "apt-get install qemu-system-x86");
    expect_refusal(lintel({"debug", "--batch"}, {{"PATH", "/nowhere"}}), "gdb is missing");
}

TEST(Refusal, an_emulator_that_dies_at_once_with_its_own_last_words) {
    expect_refusal(lintel({"run", "--", "-nonsense"}), "QEMU could not start the machine: ");
    Scratch scratch;
    scratch.add_program("qemu-system-x86_64", "#!/bin/sh\nexit 9\n");
    expect_refusal(lintel({"run", "--firmware", "direct"}, {{"PATH", (scratch / "").string()}}),
                   "it said nothing, exit code 9");
}

TEST(Refusal, a_port_that_is_taken) {
    // An emulator that only holds a port: its machine is paused.
    const std::string port = std::to_string(free_port());
    Terminal holder(
        {"run", "--headless", "--loader", "lintel", "--verbose", "--", "-S", "-gdb", "tcp:127.0.0.1:" + port});
    ASSERT_TRUE(holder.wait_for("lintel: command ")) << holder.text();
    expect_refusal(lintel({"run", "--", "-gdb", "tcp:127.0.0.1:" + port}), "a port is taken");
}

TEST(Refusal, a_kernel_that_cannot_be_read) {
    Scratch scratch;
    expect_refusal(lintel({"run", "--kernel", "/nowhere.elf"}),
                   "cannot read the kernel /nowhere.elf: No such file or directory");
    expect_refusal(lintel({"image", "-o", scratch / "os.iso", "--kernel", scratch / ""}), "Is a directory");
}

TEST(Refusal, a_folder_that_is_not_there) {
    expect_refusal(lintel({"image", "-o", "/nowhere/os.iso"}), "there is no folder /nowhere");
}

TEST(Refusal, wrong_words) {
    expect_refusal(lintel({"bogus"}), "there is no command bogus");
    expect_refusal(lintel({"run", "--accel", "magic"}), "--accel magic: not one of auto, kvm, tcg");
    expect_refusal(lintel({"run", "--screenshot", "x.jpg"}), "must end in .png or .ppm");
    expect_refusal(run({command()}), "no command given");
}

TEST(Refusal, a_full_disk_leaves_nothing_behind) {
    Scratch scratch;
    const fs::path folder = scratch / "small";
    fs::create_directory(folder);
    if (::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=128k") != 0)
        GTEST_SKIP() << "only the administrator can make a disk that is full";
    auto answer = lintel({"image", "-o", folder / "os.iso"});
    const bool empty = fs::is_empty(folder);
    auto temporary = lintel({"image", "-o", scratch / "os.iso"}, {{"TMPDIR", folder.string()}});
    ::umount(folder.c_str());
    expect_refusal(answer, "xorriso failed to make the ISO");
    EXPECT_TRUE(empty);
    expect_refusal(temporary, "No space left on device; free some space");
}

}  // namespace
}  // namespace lintel::end_to_end
