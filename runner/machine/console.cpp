// ECMA-48 control sequences: ESC [ parameters final, with the final byte in 0x40..0x7e; ESC and one byte otherwise.
// Invariant: a message counts at the start of its line only, so that no command line can forge one.
#include "runner/machine/console.hpp"

#include <algorithm>
#include <charconv>

namespace lintel::runner {

namespace {

/// The row in a cursor position's parameters "row;column"; the first one where it is left out.
int row_of(std::string_view parameters) {
    int row = 1;
    std::from_chars(parameters.data(), parameters.data() + parameters.size(), row);
    return row;
}

bool starts_without_case(std::string_view text, std::string_view lower) {
    return text.size() >= lower.size() && std::ranges::equal(text.substr(0, lower.size()), lower, [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
           });
}

/// What a kernel says about its panic: "panic: why", "[  0.51] KERNEL PANIC: why", "panicked at src/main.rs:4:5:".
std::optional<std::string> reason_of_panic(std::string_view line) {
    constexpr std::string_view blanks_and_marks = " \t*!#=-";
    for (int groups = 0; groups < 3 && line.starts_with('['); ++groups) {
        const std::size_t end = line.find(']');
        if (end == std::string_view::npos || starts_without_case(line, "[panic]")) break;
        line.remove_prefix(end + 1);
        line.remove_prefix(std::min(line.find_first_not_of(blanks_and_marks), line.size()));
    }
    line.remove_prefix(std::min(line.find_first_not_of(blanks_and_marks), line.size()));
    for (std::string_view mark : {"panic:", "[panic]", "kernel panic", "panicked at"}) {
        if (!starts_without_case(line, mark)) continue;
        if (mark != "panicked at") line.remove_prefix(mark.size());
        line.remove_prefix(std::min(line.find_first_not_of(" :-!,#*="), line.size()));
        return std::string(line);
    }
    return std::nullopt;
}

}  // namespace

std::string PlainText::feed(std::string_view bytes) {
    std::string plain;
    auto put = [&](char c) {
        plain += c;
        line_empty_ = c == '\n';
    };
    for (char c : bytes) {
        switch (state_) {
            case State::text:
                if (c == '\x1b')
                    state_ = State::escape;
                else if (c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= ' ')
                    put(c);
                break;
            case State::escape:
                state_ = c == '[' ? State::sequence : State::text;
                parameters_.clear();
                break;
            case State::sequence:
                if (c < '@' || c > '~') {
                    parameters_ += c;
                    break;
                }
                state_ = State::text;
                // Text in another row of a screen is a line of its own here.
                if (c == 'H' || c == 'f') {
                    int row = row_of(parameters_);
                    if (row != row_ && !line_empty_) put('\n');
                    row_ = row;
                }
                break;
        }
    }
    return plain;
}

void LogWatch::feed(std::string_view plain) {
    for (char c : plain) {
        if (c != '\n') {
            line_ += c;
            continue;
        }
        take_line(line_);
        line_.clear();
    }
}

void LogWatch::take_line(std::string_view line) {
    constexpr std::string_view loader_mark = "lintel loader: error: ";
    if (!loader_error_ && line.starts_with(loader_mark)) loader_error_ = line.substr(loader_mark.size());
    if (!panic_) panic_ = reason_of_panic(line);
}

}  // namespace lintel::runner
