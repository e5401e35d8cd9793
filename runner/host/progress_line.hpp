// One line about what goes on, for a person who waits at a terminal.
// Invariant: nothing but a terminal ever sees it, nothing appears in the first second, and it is gone at the end.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

namespace lintel::runner {

class ProgressLine {
public:
    /// On standard error.
    ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;
    ~ProgressLine() { clear(); }

    /// Puts `words` in place of what the line says. Any thread may call it, as often as it likes.
    void show(std::string_view words);
    /// Takes the line away, so that something else can be printed.
    void clear();

private:
    std::mutex mutex_{};
    const bool terminal_;
    const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    std::string shown_{};  // empty where the line is
};

}  // namespace lintel::runner
