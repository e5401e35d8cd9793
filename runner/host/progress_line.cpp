// See the header.
#include "runner/host/progress_line.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "base/utf8.hpp"

namespace lintel::runner {

namespace {

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

ProgressLine::ProgressLine() {
    if (::isatty(STDERR_FILENO) != 1) return;
    first_.emplace([this] {
        std::unique_lock lock(mutex_);
        if (!wake_.wait_until(lock, appears_, [this] { return over_; })) draw();
    });
}

ProgressLine::~ProgressLine() {
    clear();
    {
        const std::scoped_lock lock(mutex_);
        over_ = true;
    }
    wake_.notify_one();
}

void ProgressLine::draw() {
    if (words_ == shown_) return;
    fmt::print(stderr, "{}{}", erase, cut(words_, columns() - 1));
    std::fflush(stderr);
    shown_ = words_;
}

void ProgressLine::show(std::string_view words) {
    if (!first_) return;
    const std::scoped_lock lock(mutex_);
    words_ = words;
    if (std::chrono::steady_clock::now() >= appears_) draw();
}

void ProgressLine::clear() {
    const std::scoped_lock lock(mutex_);
    words_.clear();
    draw();
}

}  // namespace lintel::runner
