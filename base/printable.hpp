// Text from outside made fit to be shown: what could command a terminal (ECMA-48) and what is no UTF-8 becomes '?', and
// what is too long ends in an ellipsis. Whatever a file says passes through here on its way to a screen or a log.
// Invariant: what is written has no control characters, C0 or C1, and no more characters than were asked for.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace lintel {

inline constexpr std::string_view ellipsis = "\u2026";

/// Takes the first character off `text`, which must not be empty, and gives it as it can be shown.
constexpr std::string_view take_printable(std::string_view& text) {
    std::string_view rest = text;
    char32_t character = take_code_point(rest);
    bool control = character < 0x20 || (character >= 0x7f && character < 0xa0);
    std::string_view shown = text.substr(0, text.size() - rest.size());
    text = rest;
    return control || character == replacement_character ? "?" : shown;
}

/// Writes `text` in at most `most` characters; gives how many they were.
template <TextSink Sink>
std::size_t write_printable(Sink& sink, std::string_view text, std::size_t most) {
    std::size_t used = 0;
    for (; !text.empty() && used < most; ++used) {
        std::string_view shown = take_printable(text);
        sink.write(used + 1 == most && !text.empty() ? ellipsis : shown);
    }
    return used;
}

/// A piece of text from outside, as an argument of print().
class Printable {
public:
    explicit Printable(std::string_view text, std::size_t most = 200) { write_printable(buffer_, text, most); }
    operator std::string_view() const { return buffer_.text(); }  // NOLINT(google-explicit-constructor)

private:
    TextBuffer<4 * 200> buffer_{};
};

}  // namespace lintel
