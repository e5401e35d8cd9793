// One line about what goes on, for a person who waits at a terminal.
// Invariant: nothing but a terminal ever sees it, nothing appears in the first second, and it is gone at the end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace lintel::runner {

class ProgressLine {
public:
    /// On standard error.
    ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;
    ~ProgressLine();

    /// Puts `words` in place of what the line says, once its time has come. Any thread may call it, as often as it
    /// likes.
    void show(std::string_view words);
    /// Takes the line away, so that something else can be printed.
    void clear();

private:
    void draw();

    const std::chrono::steady_clock::time_point appears_ = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    std::mutex mutex_{};  // guards what follows
    std::string words_{};
    std::string shown_{};  // empty where the line is
    bool over_ = false;
    std::condition_variable wake_{};
    std::optional<std::jthread> first_{};  // draws the line when nobody calls at that moment; none without a terminal
};

}  // namespace lintel::runner
