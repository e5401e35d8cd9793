// What comes over the serial line: bytes for the terminal, and lines to look at.
// Invariant: the plain text holds no escape sequence and no control character but the newline.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace lintel::runner {

/// Takes terminal control out of a stream: firmware clears the screen and moves the cursor even on a serial line.
class PlainText {
public:
    /// The plain text of the next bytes; an unfinished escape sequence waits for the rest.
    std::string feed(std::string_view bytes);

private:
    enum class State { text, escape, sequence };
    State state_ = State::text;
    std::string parameters_{};  // of an unfinished sequence
    int row_ = 0;               // where the cursor was put last
    bool line_empty_ = true;
};

/// What the log says about how things went.
class LogWatch {
public:
    void feed(std::string_view plain);

    /// What the first line that tells of a panic says, in whatever words kernels use; and what stands after "lintel
    /// loader: error: ".
    [[nodiscard]] const std::optional<std::string>& panic() const { return panic_; }
    [[nodiscard]] const std::optional<std::string>& loader_error() const { return loader_error_; }

private:
    void take_line(std::string_view line);

    std::string line_{};
    std::optional<std::string> panic_{};
    std::optional<std::string> loader_error_{};
};

}  // namespace lintel::runner
