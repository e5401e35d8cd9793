// The command as a person or a script uses it, for tests.
// Invariant: every wait has a time limit, and what a test started has ended when the test ends.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/host/files.hpp"
#include "runner/host/process.hpp"

namespace lintel::end_to_end {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;
using Settings = std::vector<std::pair<std::string, std::string>>;

/// Where the build put what is tested.
fs::path command();
fs::path source_folder();
fs::path build_folder();
fs::path kernel();
fs::path debug_kernel();
/// The kernel with its tests in it.
fs::path test_kernel();

struct Answer {
    int code;
    std::string out;
    std::string err;
};

/// The text with "kernel: " in place of what the kernel's lines start with, "[    0.012345 0] ": no two runs have the
/// same.
std::string without_stamps(std::string_view text);

/// Runs a program without a terminal. `out` has no stamps. LIMINE_PATH and the display are unset unless `settings` sets
/// them.
Answer run(Words words, const Settings& settings = {});

/// Runs `lintel` with our own loader chosen for all that boots.
Answer lintel(Words words, const Settings& settings = {});

/// A temporary folder, and files in it.
class Scratch {
public:
    Scratch();
    fs::path add(const fs::path& name, std::string_view text);
    fs::path add_program(const fs::path& name, std::string_view script);
    [[nodiscard]] fs::path operator/(const fs::path& name) const { return folder_.path() / name; }

private:
    runner::TemporaryFolder folder_;
};

/// `lintel` at a terminal of its own.
class Terminal {
public:
    explicit Terminal(Words words);
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal();

    /// Reads until `text` has appeared. False when the time is up or the program has ended before.
    bool wait_for(std::string_view text, std::chrono::seconds limit = std::chrono::seconds(60));
    void type(std::string_view keys);
    /// Reads to the end; the exit code.
    int finish(std::chrono::seconds limit = std::chrono::seconds(60));
    /// Whether the terminal echoes and takes whole lines, as a shell leaves it.
    [[nodiscard]] bool sane() const;
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    bool read_some(std::chrono::steady_clock::time_point deadline);

    int terminal_ = -1;
    int other_side_ = -1;  // keeps the terminal alive after the program's end
    pid_t program_ = -1;
    std::string text_{};
};

std::string contents(const fs::path& file);

/// The kernel, stripped of nothing, with `code` in place of its first instructions.
std::string kernel_that_starts_with(std::string_view code);

/// The kernel, asking for another base revision.
std::string kernel_with_base_revision(std::uint64_t revision);

/// A kernel that writes `script` to its serial line and then halts. On the way \x01 hangs, \x02 raises an exception
/// that nobody handles, and \x03 writes the next byte to the port of isa-debug-exit.
std::string scripted_kernel(std::string_view script);

/// A port of the loopback interface that nobody uses at the moment.
unsigned free_port();

std::vector<std::string> lines_of(std::string_view text);

}  // namespace lintel::end_to_end
