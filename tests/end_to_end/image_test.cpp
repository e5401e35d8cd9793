// The image as a file.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <future>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

TEST(Image, is_the_same_byte_by_byte_when_made_twice) {
    Scratch scratch;
    const fs::path first = scratch / "first.iso";
    const fs::path second = scratch / "second.iso";
    ASSERT_EQ(lintel({"image", "-o", first}).code, 0);
    // Another second on the clock, without waiting for it: files of another age, read in another time zone.
    fs::path old_conf = scratch.add("limine.conf", contents(source_folder() / "runner/limine.conf"));
    fs::last_write_time(old_conf, fs::file_time_type::clock::now() - std::chrono::hours(9999));
    ASSERT_EQ(
        lintel({"image", "-o", second, "--config", old_conf}, {{"TZ", "Asia/Tokyo"}, {"LANG", "de_DE.UTF-8"}}).code, 0);
    EXPECT_TRUE(contents(first) == contents(second));
    EXPECT_TRUE(contents(first) == contents(build_folder() / "os.iso"));
}

TEST(Image, fits_into_a_megabyte_and_a_half) { EXPECT_LE(fs::file_size(build_folder() / "os.iso"), 1'500'000U); }

TEST(Image, prints_its_path_and_nothing_else) {
    Scratch scratch;
    auto answer = lintel({"image", "-o", scratch / "a b.iso"});
    EXPECT_EQ(answer.out, (scratch / "a b.iso").string() + "\n");
    EXPECT_EQ(answer.err, "");
}

TEST(Image, of_each_type_verifies) {
    Scratch scratch;
    for (const char* type : {"iso", "disk", "esp"}) {
        auto answer = lintel({"image", "--type", type, "--verify", "-o", scratch / ("ü b." + std::string(type))});
        EXPECT_EQ(answer.code, 0) << answer.err;
        EXPECT_EQ(answer.err, "lintel: verified     made twice, byte by byte the same\n");
    }
}

/// A configuration that asks for a module from the folder of extra files.
struct Extras {
    Extras() {
        scratch.add("the files/data/one.txt", "12345");
        conf = scratch.add("limine.conf",
                           "timeout: 0\n/A\nprotocol: limine\npath: boot():/boot/kernel.elf\n"
                           "module_path: boot():/data/one.txt\n");
    }
    Scratch scratch;
    fs::path conf;
};

TEST(Image, of_each_other_type_boots_with_the_extra_files_on_it) {
    Extras extras;
    for (const char* type : {"disk", "esp"}) {
        auto answer = lintel({"run", "--timeout", "100", "--image", type, "--config", extras.conf, "--files",
                              extras.scratch / "the files"});
        EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
        EXPECT_TRUE(answer.out.contains("kernel: module: /data/one.txt, 5 bytes")) << answer.out;
    }
}

TEST(Image, the_extra_files_are_there_in_a_direct_boot_too) {
    Extras extras;
    auto answer = lintel({"run", "--timeout", "100", "--firmware", "direct", "--config", extras.conf, "--files",
                          extras.scratch / "the files"});
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(answer.out.contains("kernel: module: /data/one.txt, 5 bytes")) << answer.out;
}

TEST(Image, is_rebuilt_when_anything_in_it_changes) {
    auto inputs = run({"/usr/bin/ninja", "-C", build_folder(), "-t", "inputs", "os.iso"});
    ASSERT_EQ(inputs.code, 0) << inputs.out;
    for (const char* file : {"kernel/main.cpp", "kernel/linker-x86_64.ld", "runner/limine.conf", "loader/uefi/main.cpp",
                             "runner/image/image.cpp"})
        EXPECT_TRUE(inputs.out.contains("/" + std::string(file))) << file;
}

TEST(Image, boots_from_a_usb_stick_too) {
    Scratch scratch;
    const fs::path image = scratch / "os.iso";
    const fs::path conf = scratch.add(
        "limine.conf", "timeout: 0\n/Test\nprotocol: limine\npath: boot():/boot/kernel.elf\ncmdline: init=halt\n");
    ASSERT_EQ(lintel({"image", "--config", conf, "-o", image}).code, 0);
    auto answer = lintel({"run", "--timeout", "100", "--", "-device", "qemu-xhci", "-drive",
                          "if=none,id=stick,format=raw,readonly=on,file=" + image.string(), "-device",
                          "usb-storage,drive=stick,bootindex=0"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_TRUE(answer.out.contains("USB HARDDRIVE")) << answer.out;
    EXPECT_FALSE(answer.out.contains("DVD-ROM")) << answer.out;
    EXPECT_TRUE(answer.out.ends_with("kernel: halted\n")) << answer.out;
}

TEST(Path, prints_absolute_paths_of_files_that_exist) {
    for (const char* what : {"kernel", "iso", "loader"}) {
        auto answer = run({command(), "path", what, "--loader", "lintel"});
        ASSERT_EQ(answer.code, 0) << answer.err;
        ASSERT_TRUE(answer.out.ends_with("\n"));
        const fs::path path = answer.out.substr(0, answer.out.size() - 1);
        EXPECT_TRUE(path.is_absolute() && fs::is_regular_file(path)) << path;
    }
}

/// An image is made with an xorriso that takes its time: until `ends` is there.
std::string slow_tools(Scratch& scratch) {
    scratch.add_program("bin/xorriso", "#!/bin/sh\nread -r line <\"${0%/bin*}/ends\"\nexec /usr/bin/xorriso \"$@\"\n");
    if (::mkfifo((scratch / "ends").c_str(), 0600) != 0) throw std::runtime_error("no pipe");
    return (scratch / "bin").string() + ":" + std::getenv("PATH");
}

TEST(Image, at_a_terminal_what_takes_long_says_what_it_is_and_takes_that_back) {
    Scratch scratch;
    const std::string before = std::getenv("PATH");
    ::setenv("PATH", slow_tools(scratch).c_str(), 1);
    Terminal terminal({"image", "--loader", "lintel", "-o", scratch / "os.iso"});
    ::setenv("PATH", before.c_str(), 1);
    EXPECT_TRUE(terminal.wait_for("making os.iso")) << terminal.text();
    scratch.add("ends", "now\n");
    EXPECT_EQ(terminal.finish(), 0) << terminal.text();
    EXPECT_TRUE(terminal.text().contains("\r\x1b[K" + (scratch / "os.iso").string())) << terminal.text();
}

TEST(Image, without_a_terminal_what_takes_long_is_quiet) {
    Scratch scratch;
    const std::string path = slow_tools(scratch);
    auto pipe = std::async(std::launch::async, [&] {
        // Longer than a terminal would have to wait for a line, and not for any event: there must be none.
        ::poll(nullptr, 0, 1500);
        scratch.add("ends", "now\n");
    });
    auto answer = lintel({"image", "-o", scratch / "os.iso"}, {{"PATH", path}});
    pipe.get();
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_EQ(answer.err, "");
}

}  // namespace
}  // namespace lintel::end_to_end
