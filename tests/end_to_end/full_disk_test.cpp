// A disk that is full: each command that writes says so in one sentence, and leaves no half of a file there.
// Invariant: the disk is a tmpfs in a mount namespace of the command's own, so that nothing of it outlives the test.
#include <gtest/gtest.h>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

/// What a command came to, and what is on the disk behind it.
struct Aftermath {
    Answer answer;
    std::string files;  // their names and sizes in bytes, line by line, but for the filler's
};

class FullDisk : public testing::Test {
protected:
    void SetUp() override {
        fs::create_directories(scratch / "disk");
        fs::create_directories(scratch / "before");
        // Who is not the administrator can be that in a namespace of their own, on most hosts.
        for (const char* who : {"-m", "-rm"}) {
            const std::string probe = "mount -t tmpfs tmpfs \"$0\"";
            if (run({"/usr/bin/unshare", who, "/bin/sh", "-c", probe, scratch / "disk"}).code != 0) continue;
            namespace_ = who;
            return;
        }
        GTEST_SKIP() << "this host lets nobody mount a file system";
    }

    /// Runs `lintel` in a folder on a disk that has `before`'s files, and `room` bytes beside them.
    Aftermath on_full_disk(const Words& words, unsigned room, const Settings& settings = {}) {
        constexpr const char* script =
            "mount -t tmpfs -o size=4m tmpfs \"$1/disk\" && cd \"$1/disk\" && cp -r \"$1/before/.\" . &&"
            "head -c \"$2\" /dev/zero >room && { cat /dev/zero >filler 2>\"$1/ignored\"; rm room; }; shift 2; \"$@\"; "
            "code=$?; find . -type f ! -name filler -printf '%P %s\\n' | sort >\"$FILES\"; exit $code";
        Words all = {"/usr/bin/unshare",       namespace_,           "/bin/sh", "-c", script, "sh",
                     (scratch / ".").string(), std::to_string(room), command()};
        all.insert(all.end(), words.begin(), words.end());
        Settings more = settings;
        more.emplace_back("FILES", (scratch / "files").string());
        Aftermath result{run(all, more), ""};
        result.files = contents(scratch / "files");
        return result;
    }
    static void expect_sentence(const Aftermath& after, int code, std::string_view sentence) {
        EXPECT_EQ(after.answer.code, code) << after.answer.err;
        bool found = false;
        for (const std::string& line : lines_of(after.answer.err))
            found = found || (line.starts_with("lintel: ") && line.contains(sentence));
        EXPECT_TRUE(found) << "no line with: " << sentence << "\n" << after.answer.err;
    }

    Scratch scratch;
    std::string namespace_;
};

constexpr std::string_view no_space = "No space left on device; free some space there and try again";

TEST_F(FullDisk, images_of_every_type_are_not_there) {
    for (const std::string type : {"iso", "disk", "esp"}) {
        auto after = on_full_disk({"image", "--loader", "lintel", "--type", type, "-o", "output"}, 65536);
        EXPECT_EQ(after.answer.code, 2) << after.answer.err;
        EXPECT_EQ(lines_of(after.answer.err).size(), 1U) << after.answer.err;
        EXPECT_EQ(after.files, "") << type;
    }
}

TEST_F(FullDisk, of_temporary_files_is_named_and_emptied) {
    for (const Words& words : {Words{"image", "--loader", "lintel", "-o", (scratch / "os.iso").string()},
                               Words{"run", kernel().string(), "--loader", "lintel"},
                               Words{"debug", LINTEL_MOVABLE_KERNEL, "--batch", "--firmware", "direct"}}) {
        auto after = on_full_disk(words, 4096, {{"TMPDIR", (scratch / "disk").string()}});
        expect_sentence(after, 2, no_space);
        EXPECT_EQ(after.files, "") << words[0];
    }
    EXPECT_FALSE(fs::exists(scratch / "os.iso"));
}

TEST_F(FullDisk, a_run_that_is_to_end_in_the_halt_loop_does_not_end_at_the_prompt_instead) {
    auto after = on_full_disk({"run", "--firmware", "direct", "--headless", "--until-halt"}, 0,
                              {{"TMPDIR", (scratch / "disk").string()}});
    expect_sentence(after, 2, no_space);
    EXPECT_EQ(after.files, "");
}

TEST_F(FullDisk, what_a_failed_test_leaves_is_not_kept_in_part_and_the_results_stand) {
    scratch.add("before/bad.elf", scripted_kernel("test: divides\nnot ok: divides: 1 is not 2\n\x03\x11"));
    auto after = on_full_disk({"test", "bad.elf", "--artifacts", "artifacts"}, 0, {{"TMPDIR", "/tmp"}});
    expect_sentence(after, 1, std::string("what bad left is not kept: cannot write "));
    expect_sentence(after, 1, no_space);
    EXPECT_TRUE(after.answer.out.contains("FAILED  bad: divides: 1 is not 2")) << after.answer.out;
    EXPECT_TRUE(after.files.starts_with("bad.elf ") && lines_of(after.files).size() == 1) << after.files;
}

TEST_F(FullDisk, a_report_is_as_it_was) {
    scratch.add("before/good.elf", scripted_kernel("test: adds\nok: adds\n\x03\x10"));
    scratch.add("before/report.xml", "old");
    auto after = on_full_disk({"test", "good.elf", "--format", "junit", "-o", "report.xml"}, 0, {{"TMPDIR", "/tmp"}});
    expect_sentence(after, 2, no_space);
    EXPECT_TRUE(after.files.ends_with("\nreport.xml 3\n")) << after.files;
}

TEST_F(FullDisk, a_configuration_whose_hashes_are_to_be_written_is_as_it_was) {
    const std::string text = "/Test\nprotocol: limine\npath: boot():/kernel.elf\n";
    scratch.add("before/limine.conf", text);
    scratch.add("before/kernel.elf", "bytes");
    auto after = on_full_disk({"check", "--fix-hashes", "limine.conf"}, 0);
    expect_sentence(after, 2, no_space);
    EXPECT_EQ(after.files, "kernel.elf 5\nlimine.conf " + std::to_string(text.size()) + "\n");
}

TEST_F(FullDisk, a_loader_that_is_enrolled_in_place_is_as_it_was) {
    scratch.add("before/BOOTX64.EFI", contents(build_folder() / "loader/uefi/BOOTX64.EFI"));
    scratch.add("before/limine.conf", "timeout: 0\n");
    auto after = on_full_disk({"enroll", "limine.conf", "BOOTX64.EFI"}, 0);
    expect_sentence(after, 2, no_space);
    EXPECT_EQ(lines_of(after.files).size(), 2U) << after.files;
    EXPECT_TRUE(after.files.starts_with(
        "BOOTX64.EFI " + std::to_string(fs::file_size(build_folder() / "loader/uefi/BOOTX64.EFI")) + "\n"))
        << after.files;
}

TEST_F(FullDisk, new_projects_and_files_for_editors_are_not_there) {
    auto after = on_full_disk({"new", "my-os"}, 0);
    expect_sentence(after, 2, no_space);
    EXPECT_EQ(after.files, "");
    after = on_full_disk({"init", "--ide", "lldb"}, 0);
    expect_sentence(after, 2, no_space);
    EXPECT_EQ(after.files, "");
}

TEST_F(FullDisk, the_log_of_a_run_is_said_to_lack_its_end) {
    auto after =
        on_full_disk({"run", kernel(), "--firmware", "direct", "--serial-log", "serial.log"}, 0, {{"TMPDIR", "/tmp"}});
    expect_sentence(after, 2, "cannot write serial.log");
    after =
        on_full_disk({"run", kernel(), "--firmware", "direct", "--artifacts", "artifacts"}, 0, {{"TMPDIR", "/tmp"}});
    expect_sentence(after, 2, "serial.log: ");
}

}  // namespace
}  // namespace lintel::end_to_end
