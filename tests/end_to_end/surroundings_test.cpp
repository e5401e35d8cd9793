// Where the command may find itself: in a folder and a home that cannot be written to, beside another run, in a path
// with spaces and letters of other scripts.
#include <gtest/gtest.h>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

/// A home on a read-only file system, with kernels in it, where the person is.
class ReadOnlyHome : public testing::Test {
protected:
    void SetUp() override {
        scratch.add("files/kernel.elf", contents(kernel()));
        scratch.add("files/bad.elf", scripted_kernel("test: divides\nnot ok: divides: 1 is not 2\n\x03\x11"));
        fs::create_directory(scratch / "home");
        for (const char* who : {"-m", "-rm"}) {
            namespace_ = who;
            if (type({"/bin/true"}).code == 0) return;
        }
        GTEST_SKIP() << "this host lets nobody mount a file system";
    }
    Answer type(const Words& words) {
        constexpr const char* script =
            "mount -t tmpfs tmpfs \"$0/home\" && cp -r \"$0/files/.\" \"$0/home\" && "
            "mount -o remount,ro \"$0/home\" && cd \"$0/home\" && export HOME=\"$PWD\" && exec \"$@\"";
        Words all = {"/usr/bin/unshare", namespace_, "/bin/sh", "-c", script, (scratch / ".").string()};
        all.insert(all.end(), words.begin(), words.end());
        return run(all);
    }
    Scratch scratch;
    std::string namespace_;
};

TEST_F(ReadOnlyHome, kernels_are_run_checked_debugged_and_put_into_images) {
    for (const Words& words :
         {Words{command(), "run", "kernel.elf", "--firmware", "direct", "--cmdline", "init=halt"},
          Words{command(), "check", "kernel.elf"},
          Words{command(), "debug", "kernel.elf", "--batch", "--firmware", "direct", "--cmdline", "init=halt"},
          Words{command(), "image", "--kernel", "kernel.elf", "-o", scratch / "os.iso"}}) {
        auto answer = type(words);
        EXPECT_EQ(answer.code, 0) << words[1] << ": " << answer.err << answer.out;
    }
}

TEST_F(ReadOnlyHome, what_cannot_be_written_there_is_said_and_the_tests_verdict_stands) {
    auto answer = type({command(), "test", "bad.elf"});
    EXPECT_EQ(answer.code, 1);
    EXPECT_TRUE(answer.out.contains("FAILED  bad: divides: 1 is not 2\n")) << answer.out;
    EXPECT_TRUE(answer.err.contains("lintel: what bad left is not kept: cannot make the folder ")) << answer.err;
    answer = type({command(), "new", "my-os"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_EQ(lines_of(answer.err).size(), 1U) << answer.err;
    EXPECT_TRUE(answer.err.contains("Read-only file system")) << answer.err;
}

TEST(TwoAtOnce, each_has_its_machine_and_its_files) {
    Scratch scratch;
    const fs::path waiting = scratch.add("ein Kern, 内核.elf", scripted_kernel("one\n\x01"));
    const fs::path other = scratch.add("two.elf", scripted_kernel("two\n\x03\x10"));
    Terminal first({"run", waiting, "--headless", "--firmware", "direct"});
    ASSERT_TRUE(first.wait_for("one")) << first.text();
    auto second = lintel({"run", other, "--headless", "--firmware", "direct"});
    EXPECT_EQ(second.code, 0) << second.err;
    EXPECT_TRUE(second.out.contains("two\n") && !second.out.contains("one\n")) << second.out;
    first.type("\x03");
    EXPECT_EQ(first.finish(), 130) << first.text();
    EXPECT_FALSE(first.text().contains("two\n")) << first.text();
}

TEST(TwoAtOnce, images_of_one_name_are_each_whole) {
    // Each comes to its tool before either goes on: who opens a named pipe waits for the other end.
    Scratch scratch;
    scratch.add_program("bin/xorriso",
                        "#!/bin/sh\nif [ \"$ROLE\" = one ]; then echo >\"$MEET\"; else read -r line <\"$MEET\"; fi\n"
                        "exec /usr/bin/xorriso \"$@\"\n");
    constexpr const char* script =
        "mkfifo \"$MEET\" && mkdir \"$FOLDER\" && cd \"$FOLDER\" || exit 3; ROLE=one \"$@\" & first=$!; "
        "ROLE=other \"$@\" && wait $first && ls";
    auto answer = run({"/bin/sh", "-c", script, "sh", command(), "image", "--loader", "lintel", "-o", "os.iso"},
                      {{"MEET", scratch / "meet"},
                       {"FOLDER", scratch / "out"},
                       {"PATH", (scratch / "bin").string() + ":" + std::getenv("PATH")}});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_TRUE(answer.out.ends_with("\nos.iso\n")) << answer.out;
    EXPECT_TRUE(contents(scratch / "out/os.iso") == contents(build_folder() / "os.iso"));
}

}  // namespace
}  // namespace lintel::end_to_end
