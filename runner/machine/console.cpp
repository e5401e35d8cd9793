// ECMA-48 control sequences: ESC [ parameters final, with the final byte in 0x40..0x7e; ESC and one byte otherwise.
// Invariant: a message counts at the start of its line only, so that no command line can forge one.
#include "runner/machine/console.hpp"

#include <charconv>

namespace lintel::runner {

namespace {

/// The row in a cursor position's parameters "row;column"; the first one where it is left out.
int row_of(std::string_view parameters) {
    int row = 1;
    std::from_chars(parameters.data(), parameters.data() + parameters.size(), row);
    return row;
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
    constexpr std::string_view panic_mark = "panic: ";
    constexpr std::string_view loader_mark = "lintel loader: error: ";
    if (!panic_ && line.starts_with(panic_mark)) panic_ = line.substr(panic_mark.size());
    if (!loader_error_ && line.starts_with(loader_mark)) loader_error_ = line.substr(loader_mark.size());
}

}  // namespace lintel::runner
