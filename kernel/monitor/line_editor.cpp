// What each key does, and what has to be drawn for it.
#include "kernel/monitor/line_editor.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "kernel/monitor/word_rows.hpp"

namespace lintel {
namespace {

constexpr char control(char letter) { return static_cast<char>(letter & 0x1f); }

std::size_t count_characters(std::string_view text) {
    std::size_t count = 0;
    for (; !text.empty(); ++count) take_code_point(text);
    return count;
}

/// `text` without its first characters.
std::string_view behind(std::string_view text, std::size_t characters) {
    for (; characters > 0 && !text.empty(); --characters) take_code_point(text);
    return text;
}

std::string_view first_characters(std::string_view text, std::size_t characters) {
    return text.substr(0, text.size() - behind(text, characters).size());
}

/// How many characters two texts begin with in common.
std::size_t common_characters(std::string_view one, std::string_view other) {
    std::size_t count = 0;
    while (!one.empty() && !other.empty() && take_code_point(one) == take_code_point(other)) ++count;
    return count;
}

template <TextSink Sink>
void repeat(Sink& sink, std::string_view text, std::size_t times) {
    for (; times > 0; --times) sink.write(text);
}

/// How many bytes a character has that begins with `lead`; 0 where none does (RFC 3629, section 4).
std::size_t length_of_character(char lead) {
    const auto byte = static_cast<unsigned char>(lead);
    if (byte >= 0xc2 && byte < 0xe0) return 2;
    if (byte >= 0xe0 && byte < 0xf0) return 3;
    if (byte >= 0xf0 && byte < 0xf5) return 4;
    return 0;
}

}  // namespace

std::optional<std::string_view> LineEditor::read() {
    line_.set({});
    history_.rewind();
    start_line();
    while (auto key = terminal_.read()) {
        const Outcome outcome = press(*key);
        if (outcome == Outcome::edit) {
            draw();
            continue;
        }
        line_.end();
        draw();
        terminal_.write(outcome == Outcome::abandon ? "^C\n" : "\n");
        if (outcome == Outcome::enter) {
            history_.add(line_.text());
            return line_.text();
        }
        line_.set({});
        history_.rewind();
        start_line();
    }
    return std::nullopt;
}

LineEditor::Outcome LineEditor::press(KeyPress press) {
    if (press.key == Key::other) return press_other(press.character);
    character_.clear();
    switch (press.key) {
        case Key::text:
            line_.insert({&press.character, 1});
            break;
        case Key::enter:
            return Outcome::enter;
        case Key::tab:
            complete();
            break;
        case Key::up:
            line_.set(history_.older());
            break;
        case Key::down:
            line_.set(history_.newer());
            break;
        case Key::left:
            line_.left();
            break;
        case Key::right:
            line_.right();
            break;
        case Key::home:
            line_.home();
            break;
        case Key::end:
            line_.end();
            break;
        case Key::backspace:
            line_.backspace();
            break;
        case Key::erase:
            line_.erase();
            break;
        case Key::page_up:
        case Key::page_down:
        case Key::escape:
        case Key::boot:
        case Key::other:
            break;
    }
    return Outcome::edit;
}

/// Control characters, as shells have taken them since Emacs; and bytes of characters beyond ASCII.
LineEditor::Outcome LineEditor::press_other(char byte) {
    if (static_cast<unsigned char>(byte) >= 0x80) {
        take_utf8(byte);
        return Outcome::edit;
    }
    character_.clear();
    switch (byte) {
        case control('A'):
            line_.home();
            break;
        case control('B'):
            line_.left();
            break;
        case control('C'):
            return Outcome::abandon;
        case control('D'):
            line_.erase();
            break;
        case control('E'):
            line_.end();
            break;
        case control('F'):
            line_.right();
            break;
        case control('K'):
            line_.erase_to_end();
            break;
        case control('L'):
            terminal_.write("\n");
            start_line();
            break;
        case control('N'):
            line_.set(history_.newer());
            break;
        case control('P'):
            line_.set(history_.older());
            break;
        case control('U'):
            line_.erase_to_start();
            break;
        case control('W'):
            line_.erase_word();
            break;
        default:
            break;
    }
    return Outcome::edit;
}

void LineEditor::take_utf8(char byte) {
    if (length_of_character(byte) != 0) character_.clear();
    character_.write({&byte, 1});
    const std::string_view bytes = character_.text();
    const std::size_t length = length_of_character(bytes.front());
    if (length > bytes.size()) return;
    if (length == bytes.size()) line_.insert(bytes);
    character_.clear();
}

void LineEditor::complete() {
    const std::string_view text = line_.before_cursor();
    const std::size_t start = text.rfind(' ') + 1;
    const std::string_view before = text.substr(0, start);
    const std::string_view word = text.substr(start);
    std::string_view common;
    std::size_t matches = 0;
    for (std::size_t i = 0; const auto candidate = completions_.word(before, i); ++i) {
        if (!candidate->starts_with(word)) continue;
        const std::string_view common_to_all = candidate->substr(
            0, static_cast<std::size_t>(std::ranges::mismatch(*candidate, common).in1 - candidate->begin()));
        common = matches++ == 0 ? *candidate : common_to_all;
    }
    if (matches == 0) return;
    if (matches > 1 && common.size() == word.size()) {
        list_words(before, word);
        return;
    }
    line_.insert(common.substr(word.size()));
    if (matches == 1) line_.insert(" ");
}

void LineEditor::list_words(std::string_view before, std::string_view word) {
    terminal_.write("\n");
    WordRows rows(terminal_, width);
    for (std::size_t i = 0; const auto candidate = completions_.word(before, i); ++i)
        if (candidate->starts_with(word)) rows.add(*candidate);
    rows.end();
    start_line();
}

/// With nothing of the line shown yet.
void LineEditor::start_line() {
    shown_.clear();
    shown_cursor_ = first_ = 0;
    terminal_.write(prompt_);
}

TextBuffer<4 * LineEditor::width> LineEditor::visible(std::size_t cursor_column) {
    const std::size_t columns = width - prompt_.size();
    first_ = std::min(first_, cursor_column);
    if (cursor_column - first_ >= columns) first_ = cursor_column - columns + 1;
    TextBuffer<4 * width> text;
    text.write(first_characters(behind(line_.text(), first_), columns));
    return text;
}

void LineEditor::draw() {
    const std::size_t column = count_characters(line_.before_cursor());
    const auto wanted = visible(column);
    const std::size_t cursor = column - first_;
    const std::size_t before = count_characters(shown_.text());
    const std::size_t now = count_characters(wanted.text());
    const std::size_t same = common_characters(shown_.text(), wanted.text());

    TextBuffer<8 * width> out;
    // From where the cursor was to where the texts part, or to where it should be if they do not.
    const bool differs = same != before || same != now;
    std::size_t at = shown_cursor_;
    const std::size_t start = differs ? same : cursor;
    if (at > start) repeat(out, "\b", at - start);
    if (at < start) out.write(first_characters(behind(wanted.text(), at), start - at));
    at = start;
    if (differs) {
        out.write(behind(wanted.text(), same));
        const std::size_t left_over = before > now ? before - now : 0;
        repeat(out, " ", left_over);
        at = now + left_over;
        repeat(out, "\b", at - cursor);
    }
    terminal_.write(out.text());
    shown_ = wanted;
    shown_cursor_ = cursor;
}

}  // namespace lintel
