// A machine with a TPM, emulated by swtpm: the firmware measures what it starts, and the executable gets to see that.
#include <gtest/gtest.h>

#include <signal.h>

#include <cctype>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>

#include "base/blake2b.hpp"
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

/// An event that extended a register of the TPM's.
struct Event {
    std::uint32_t pcr;
    std::uint32_t type;
    std::string sha256;  // hexadecimal
    std::string text;    // up to its zero
    friend bool operator==(const Event&, const Event&) = default;
};

void PrintTo(const Event& event, std::ostream* out) {
    *out << event.pcr << " " << event.type << " " << event.sha256 << " " << event.text;
}

/// Takes numbers and bytes off the front of a log, which its reader knows to be whole.
class LogReader {
public:
    explicit LogReader(std::string bytes) : bytes_(std::move(bytes)) {}

    [[nodiscard]] bool done() const { return at_ == bytes_.size(); }
    std::string take(std::size_t size) {
        std::string taken = bytes_.substr(at_, size);
        EXPECT_EQ(taken.size(), size) << "the log ends within an event";
        at_ = std::min(bytes_.size(), at_ + size);
        return taken;
    }
    template <class Number>
    Number number() {
        Number value = 0;
        std::memcpy(&value, take(sizeof value).data(), sizeof value);
        return value;
    }

private:
    std::string bytes_;
    std::size_t at_ = 0;
};

std::string hexadecimal(std::string_view bytes) {
    std::string text;
    for (char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return text;
}

/// The events in a log of format 2 that extended registers 8 and 9, which firmware leaves to what it starts (TCG PC
/// Client Platform Firmware Profile 1.05, 10.2.2; 10.4.5.1 for the first event).
std::vector<Event> events_of_loader(const std::string& log) {
    const std::map<std::uint16_t, std::size_t> digest_sizes = {
        {0x04, 20}, {0x0b, 32}, {0x0c, 48}, {0x0d, 64}, {0x12, 32}};
    std::vector<Event> events;
    LogReader reader(log);
    reader.take(28);  // the first event, in the old form: register, type, SHA-1
    reader.take(reader.number<std::uint32_t>());
    while (!reader.done() && !testing::Test::HasFailure()) {
        Event event{
            .pcr = reader.number<std::uint32_t>(), .type = reader.number<std::uint32_t>(), .sha256 = {}, .text = {}};
        for (auto count = reader.number<std::uint32_t>(); count > 0 && !testing::Test::HasFailure(); --count) {
            auto algorithm = reader.number<std::uint16_t>();
            EXPECT_TRUE(digest_sizes.contains(algorithm)) << algorithm;
            std::string digest = reader.take(digest_sizes.contains(algorithm) ? digest_sizes.at(algorithm) : 0);
            if (algorithm == 0x0b) event.sha256 = hexadecimal(digest);
        }
        event.text = reader.take(reader.number<std::uint32_t>());
        if (event.pcr != 8 && event.pcr != 9) continue;
        EXPECT_TRUE(event.text.ends_with('\0')) << event.text;
        event.text = event.text.substr(0, event.text.find('\0'));
        events.push_back(event);
    }
    return events;
}

class MeasuredBoot : public testing::Test {
protected:
    void SetUp() override {
        // As images have it, and in a folder of its own, where the runner adds nothing to the configuration.
        auto strip = run({"/usr/bin/llvm-objcopy-19", "--strip-debug", LINTEL_MEASURED_KERNEL, kernel_});
        ASSERT_EQ(strip.code, 0) << strip.err;
        const std::string hash = hexadecimal(as_text(blake2b(as_bytes(contents(kernel_)))));
        entry_ =
            "/Measured\n    protocol: limine\n    path: boot():/boot/kernel.elf\n    cmdline: one  two\n"
            "    module_path: boot():/boot/kernel.elf#" +
            hash + "\n";
    }

    /// The events of a boot with `options` before the entry.
    std::vector<Event> boot(const std::string& options) {
        SoftwareTpm tpm;
        configuration_ = scratch_.add("limine.conf", options + entry_);
        Words words = {"run",        "--headless", "--until-halt", "--timeout", "150",      "--accel",      "tcg",
                       "--firmware", "uefi",       "--kernel",     kernel_,     "--config", configuration_, "--"};
        for (const std::string& word : tpm.machine()) words.push_back(word);
        auto answer = lintel(words);
        EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
        constexpr std::string_view before = "event log, format 2: ";
        std::size_t start = answer.out.find(before);
        if (start == std::string::npos) {
            ADD_FAILURE() << answer.out;
            return {};
        }
        std::string_view digits = std::string_view(answer.out).substr(start + before.size());
        std::string log;
        for (std::size_t i = 0; i + 1 < digits.size() && std::isxdigit(static_cast<unsigned char>(digits[i])); i += 2)
            log += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
        return events_of_loader(log);
    }

    /// What sha256sum makes of a text.
    std::string sha256(std::string_view text) {
        auto answer = run({"/usr/bin/sha256sum", scratch_.add("hashed", text)});
        EXPECT_EQ(answer.code, 0) << answer.err;
        return answer.out.substr(0, 64);
    }

    Scratch scratch_;
    const fs::path kernel_ = scratch_ / "kernel.elf";
    fs::path configuration_;
    std::string entry_;
};

TEST_F(MeasuredBoot, extends_registers_8_and_9_with_what_is_loaded) {
    auto events = boot("timeout: 0\nmeasured_boot: yes\n");
    constexpr std::uint32_t ipl = 0xd;
    const std::string path = "boot():/boot/kernel.elf", file = sha256(contents(kernel_));
    const std::vector<Event> expected = {
        {9, ipl, sha256(contents(configuration_)), "limine_cfg"},
        {8, ipl, sha256("one  two"), "cmdline: one  two"},
        {8, ipl, sha256(path), "path: " + path},
        {9, ipl, file, "path: " + path},
        {8, ipl, sha256(path), "module_path: " + path},
        {9, ipl, file, "module_path: " + path},
    };
    EXPECT_EQ(events, expected);
}

TEST_F(MeasuredBoot, is_not_done_unless_the_configuration_says_so) { EXPECT_TRUE(boot("timeout: 0\n").empty()); }

TEST_F(MeasuredBoot, says_that_it_has_no_effect_without_a_tpm) {
    configuration_ = scratch_.add("limine.conf", "timeout: 0\nmeasured_boot: yes\n" + entry_);
    auto answer = lintel({"run", "--headless", "--until-halt", "--accel", "tcg", "--firmware", "direct", "--kernel",
                          kernel_, "--config", configuration_});
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(answer.out.contains("lintel loader: measured_boot has no effect: there is no TPM 2.0\n")) << answer.out;
    EXPECT_TRUE(answer.out.contains("no event log\n")) << answer.out;
}

}  // namespace
}  // namespace lintel::end_to_end
