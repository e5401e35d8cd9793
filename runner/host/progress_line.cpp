// See the header.
#include "runner/host/progress_line.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "base/utf8.hpp"

namespace lintel::runner {

namespace {

constexpr auto patience = std::chrono::seconds(1);
constexpr const char* erase = "\r\x1b[K";  // ECMA-48, 8.3.41 (EL)

std::size_t columns() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0 ? size.ws_col : 80;
}

/// A line that wraps could not be erased.
std::string_view cut(std::string_view words, std::size_t width) {
    std::string_view rest = words;
    for (std::size_t i = 0; i < width && !rest.empty(); ++i) take_code_point(rest);
    return words.substr(0, words.size() - rest.size());
}

}  // namespace

ProgressLine::ProgressLine() : terminal_(::isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(std::string_view words) {
    const std::scoped_lock lock(mutex_);
    if (!terminal_ || words == shown_ || std::chrono::steady_clock::now() - begin_ < patience) return;
    fmt::print(stderr, "{}{}", erase, cut(words, columns() - 1));
    std::fflush(stderr);
    shown_ = words;
}

void ProgressLine::clear() {
    const std::scoped_lock lock(mutex_);
    if (shown_.empty()) return;
    fmt::print(stderr, "{}", erase);
    std::fflush(stderr);
    shown_.clear();
}

}  // namespace lintel::runner
