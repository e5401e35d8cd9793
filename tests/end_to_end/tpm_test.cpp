// A machine with a TPM, emulated by swtpm: the firmware measures what it starts, and the executable gets to see that.
#include <gtest/gtest.h>

#include <fstream>

#include <signal.h>

#include <cstdlib>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

/// An emulated TPM 2.0 that listens; it has ended when this does.
class SoftwareTpm {
public:
    SoftwareTpm() {
        auto answer = run({runner::find_program("swtpm").value_or("swtpm"), "socket", "--tpm2", "--tpmstate",
                           "dir=" + (folder_ / "").string(), "--ctrl", "type=unixio,path=" + socket(), "--pid",
                           "file=" + pid_file(), "--daemon"});
        EXPECT_EQ(answer.code, 0) << answer.err;
    }
    SoftwareTpm(const SoftwareTpm&) = delete;
    SoftwareTpm& operator=(const SoftwareTpm&) = delete;
    ~SoftwareTpm() {
        // It ends by itself when the machine does, and takes the file with it.
        int id = 0;
        if (std::ifstream(pid_file()) >> id && id > 0) ::kill(id, SIGTERM);
    }

    /// What QEMU is to be told to have it in its machine.
    [[nodiscard]] Words machine() const {
        return {"-chardev", "socket,id=tpm,path=" + socket(),
                "-tpmdev",  "emulator,id=tpm,chardev=tpm",
                "-device",  "tpm-tis,tpmdev=tpm"};
    }

private:
    [[nodiscard]] std::string socket() const { return (folder_ / "socket").string(); }
    [[nodiscard]] std::string pid_file() const { return (folder_ / "pid").string(); }
    Scratch folder_;
};

TEST(Tpm, event_log_reaches_the_executable) {
    SoftwareTpm tpm;
    Words words = {command(), "conformance", "--loader",   "lintel",   "--firmware", "uefi", "--accel",
                   "tcg",     "--member",    "revision-6", "--format", "markdown",   "--"};
    for (const std::string& word : tpm.machine()) words.push_back(word);
    auto answer = run(words);
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    for (const char* promise : {"the log lies in bootloader-reclaimable memory, or there is none",
                                "a log of format 2 starts with the event that describes it"})
        EXPECT_TRUE(answer.out.contains("\n| " + std::string(promise) + " | ✓ |\n")) << answer.out;
}

}  // namespace
}  // namespace lintel::end_to_end
