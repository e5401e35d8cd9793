// Ctrl-C at each stage of each command: no process and no file stays behind.
// Invariant: the signal comes when the stage is known to have been reached, and the stage cannot end before it: either
// a tool sends it as it starts, and then waits for ever, or the command stands before a file that this test has a lease
// on (fcntl(2), F_SETLEASE), until the signal is on its way.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto patience = std::chrono::seconds(100);

/// `lintel` in a folder of its own, with a temporary folder of its own.
class Interruption : public testing::Test {
protected:
    Interruption() {
        // Processes that the command leaves behind become this one's children.
        ::prctl(PR_SET_CHILD_SUBREAPER, 1);
        for (const char* folder : {"bin", "tmp", "work"}) fs::create_directory(scratch / folder);
    }

    void start(Words words, const fs::path& program = command()) {
        before = files();
        words.insert(words.begin(), program);
        std::vector<char*> arguments;
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        const std::string path = (scratch / "bin").string() + ":" + std::getenv("PATH");
        process = ::fork();
        if (process != 0) return;
        ::setenv("PATH", path.c_str(), 1);
        ::setenv("TMPDIR", (scratch / "tmp").c_str(), 1);
        ::unsetenv("LIMINE_PATH");
        const int output = ::open((scratch / "output").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        const int nothing = ::open("/dev/null", O_RDONLY);
        for (int stream : {1, 2}) ::dup2(output, stream);
        ::dup2(nothing, 0);
        if (::chdir((scratch / "work").c_str()) == 0) ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }

    void expect_nothing_left() {
        EXPECT_EQ(code(), 130) << contents(scratch / "output");
        EXPECT_TRUE(contents(scratch / "output").contains("interrupted")) << contents(scratch / "output");
        EXPECT_TRUE(no_process_left());
        EXPECT_EQ(files(), before);
        EXPECT_TRUE(fs::is_empty(scratch / "tmp"));
    }

    /// The exit code, once the command has ended.
    int code() {
        const auto deadline = Clock::now() + patience;
        int state = 0;
        while (::waitpid(process, &state, WNOHANG) == 0) {
            if (Clock::now() > deadline) {
                ::kill(process, SIGKILL);
                ::waitpid(process, &state, 0);
                break;
            }
            ::poll(nullptr, 0, 5);
        }
        return WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    }

    /// What the host has killed together with the command may still be on its way out.
    static bool no_process_left() {
        const auto deadline = Clock::now() + patience;
        while (Clock::now() < deadline) {
            const pid_t ended = ::waitpid(-1, nullptr, WNOHANG);
            if (ended < 0) return true;
            if (ended == 0) ::poll(nullptr, 0, 5);
        }
        return false;
    }

    std::set<std::string> files() {
        std::set<std::string> names;
        for (const auto& entry : fs::recursive_directory_iterator(scratch / "work")) names.insert(entry.path());
        return names;
    }

    /// A tool that asks the runner to end, and never ends by itself.
    void add_interrupting_tool(const std::string& name, const std::string& signal = "INT") {
        scratch.add_program("bin/" + name, "#!/bin/sh\nkill -s " + signal + " $PPID\nexec tail -f /dev/null\n");
    }

    Scratch scratch;
    std::set<std::string> before;
    pid_t process = -1;
};

struct Stage {
    std::string tool;
    Words words;
    std::string signal = "INT";
};

void PrintTo(const Stage& stage, std::ostream* out) { *out << stage.tool; }

class InterruptionByTool : public Interruption, public testing::WithParamInterface<Stage> {};

TEST_P(InterruptionByTool, leaves_no_process_and_no_file) {
    const Stage& stage = GetParam();
    add_interrupting_tool(stage.tool, stage.signal);
    Words words = stage.words;
    for (std::string& word : words)
        if (word == "KERNEL") word = kernel();
    start(words);
    expect_nothing_left();
}

INSTANTIATE_TEST_SUITE_P(
    Stages, InterruptionByTool,
    testing::Values(Stage{"llvm-objcopy-19", {"image", "--loader", "lintel", "-o", "os.iso"}},
                    Stage{"mformat", {"image", "--loader", "lintel", "-o", "os.iso"}},
                    Stage{"mcopy", {"image", "--loader", "lintel", "-o", "os.iso"}, "TERM"},
                    Stage{"xorriso", {"image", "--loader", "lintel", "-o", "os.iso"}},
                    Stage{"llvm-objcopy-19", {"image", "--loader", "lintel", "--type", "esp", "-o", "folder"}},
                    Stage{"sfdisk", {"image", "--loader", "lintel", "--type", "disk", "-o", "os.img"}, "HUP"},
                    Stage{"mcopy", {"image", "--loader", "lintel", "--type", "disk", "-o", "os.img"}},
                    Stage{"xorriso", {"run", "KERNEL", "--loader", "lintel"}},
                    Stage{"qemu-system-x86_64", {"run", "KERNEL", "--loader", "lintel"}},
                    Stage{"qemu-system-x86_64", {"run", "KERNEL", "--firmware", "direct"}, "HUP"},
                    Stage{"xorriso", {"debug", "KERNEL", "--loader", "lintel", "--batch"}},
                    Stage{"qemu-system-x86_64", {"debug", "KERNEL", "--firmware", "direct", "--batch"}, "TERM"},
                    Stage{"gdb", {"debug", "KERNEL", "--firmware", "direct", "--batch"}},
                    Stage{"gdb", {"debug", "KERNEL", "--firmware", "direct"}, "TERM"},
                    Stage{"gdb", {"debug", LINTEL_MOVABLE_KERNEL, "--firmware", "direct", "--wait"}},
                    Stage{"xorriso", {"test", "KERNEL", "--firmware", "uefi"}},
                    Stage{"qemu-system-x86_64", {"test", "KERNEL", "--artifacts", "artifacts", "-o", "report"}},
                    Stage{"qemu-system-x86_64", {"conformance", "--firmware", "direct"}},
                    Stage{"qemu-system-x86_64", {"bench", "boot", "--firmware", "direct"}}),
    [](const auto& info) {
        std::string name = info.param.words[0] + "_at_" + info.param.tool + "_" + std::to_string(info.index);
        for (char& c : name)
            if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
        return name;
    });

TEST_F(Interruption, the_second_image_of_verify_goes_and_the_first_is_whole) {
    scratch.add_program("bin/xorriso",
                        "#!/bin/sh\nif [ -e \"$0.once\" ]; then kill -s INT $PPID; exec tail -f /dev/null; fi\n"
                        ": >\"$0.once\"\nexec /usr/bin/xorriso \"$@\"\n");
    start({"image", "--loader", "lintel", "--verify", "-o", "os.iso"});
    EXPECT_EQ(code(), 130) << contents(scratch / "output");
    EXPECT_TRUE(no_process_left());
    EXPECT_EQ(files(), std::set<std::string>{scratch / "work/os.iso"});
    EXPECT_TRUE(fs::is_empty(scratch / "tmp"));
}

/// Holds whoever opens the file, from the constructor on.
class Lease {
public:
    explicit Lease(const fs::path& file) : file_(::open(file.c_str(), O_RDWR | O_CLOEXEC)) {
        sigemptyset(&told_);
        sigaddset(&told_, SIGIO);
        ::sigprocmask(SIG_BLOCK, &told_, nullptr);
        if (::fcntl(file_, F_SETLEASE, F_WRLCK) != 0) throw std::runtime_error("no lease on " + file.string());
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { ::close(file_); }

    /// Waits until somebody stands before the file.
    bool wait_for_visitor() {
        const timespec limit{.tv_sec = patience.count(), .tv_nsec = 0};
        return ::sigtimedwait(&told_, nullptr, &limit) == SIGIO;
    }
    void let_in() { ::fcntl(file_, F_SETLEASE, F_UNLCK); }

private:
    int file_;
    sigset_t told_{};
};

class InterruptionAtFile : public Interruption {
protected:
    void interrupt(const fs::path& file, const Words& words, const fs::path& program = command()) {
        Lease lease(file);
        start(words, program);
        ASSERT_TRUE(lease.wait_for_visitor()) << contents(scratch / "output");
        ::kill(process, SIGINT);
        lease.let_in();
    }
};

TEST_F(InterruptionAtFile, an_image_whose_files_are_being_copied_leaves_nothing) {
    for (const std::string type : {"iso", "esp"}) {
        interrupt(scratch.add("files/large.bin", "bytes"),
                  {"image", "--loader", "lintel", "--type", type, "--files", scratch / "files", "-o", "output"});
        expect_nothing_left();
    }
}

TEST_F(InterruptionAtFile, a_configuration_whose_hashes_are_being_made_is_as_it_was) {
    const std::string text = "/Test\nprotocol: limine\npath: boot():/kernel.elf\n";
    const fs::path configuration = scratch.add("work/limine.conf", text);
    interrupt(scratch.add("work/kernel.elf", "bytes"), {"check", "--fix-hashes", "limine.conf"});
    expect_nothing_left();
    EXPECT_EQ(contents(configuration), text);
}

TEST_F(InterruptionAtFile, a_loader_that_is_being_enrolled_is_as_it_was) {
    const std::string bytes = contents(build_folder() / "loader/uefi/BOOTX64.EFI");
    const fs::path loader = scratch.add("work/BOOTX64.EFI", bytes);
    interrupt(scratch.add("work/limine.conf", "timeout: 0\n"), {"enroll", "limine.conf", "BOOTX64.EFI"});
    expect_nothing_left();
    EXPECT_EQ(contents(loader), bytes);
}

TEST_F(InterruptionAtFile, a_project_that_is_being_made_is_not_there) {
    // Installed, but for what `new` does not need.
    fs::create_directory(scratch / "bin");
    fs::copy_file(command(), scratch / "bin/lintel");
    scratch.add("share/lintel/BOOTX64.EFI", "");
    fs::copy(source_folder() / "share/template", scratch / "share/lintel/template", fs::copy_options::recursive);
    interrupt(scratch / "share/lintel/template/support.cpp", {"new", "my-os"}, scratch / "bin/lintel");
    expect_nothing_left();
}

TEST_F(InterruptionAtFile, a_device_that_is_being_written_to_is_said_to_hold_a_part) {
    scratch.add("work/stick", std::string(9000, 'o'));
    interrupt(scratch.add("work/os.img", std::string(5000, 'i')),
              {"flash", "os.img", "stick", "--regular-file", "--yes"});
    expect_nothing_left();
    EXPECT_TRUE(contents(scratch / "output").contains("the device holds a part of the image"));
}

TEST_F(Interruption, at_the_question_of_flash_nothing_is_written) {
    const fs::path image = scratch.add("work/os.img", std::string(5000, 'i'));
    const fs::path device = scratch.add("work/stick", std::string(9000, 'o'));
    Terminal terminal({"flash", image, device, "--regular-file"});
    ASSERT_TRUE(terminal.wait_for("to write: ")) << terminal.text();
    terminal.type("\x03");
    EXPECT_EQ(terminal.finish(), 130) << terminal.text();
    EXPECT_EQ(contents(device), std::string(9000, 'o'));
}

}  // namespace
}  // namespace lintel::end_to_end
