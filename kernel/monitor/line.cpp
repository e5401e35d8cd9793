#include "kernel/monitor/line.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace lintel {
namespace {

/// Whether all of `text` can be in a line.
bool can_be_shown(std::string_view text) {
    while (!text.empty()) {
        const std::size_t before = text.size();
        const char32_t character = take_code_point(text);
        if (character < 0x20 || (character >= 0x7f && character < 0xa0)) return false;
        // What is no UTF-8 reads as one replacement character for each byte; a real one has three bytes.
        if (character == replacement_character && before - text.size() == 1) return false;
    }
    return true;
}

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

}  // namespace

void Line::set(std::string_view text) {
    size_ = cursor_ = 0;
    while (!text.empty()) {
        std::string_view rest = text;
        take_code_point(rest);
        if (!insert(text.substr(0, text.size() - rest.size()))) return;
        text = rest;
    }
}

bool Line::insert(std::string_view characters) {
    if (characters.size() > capacity - size_ || !can_be_shown(characters)) return false;
    char* const at = text_.data() + cursor_;
    std::copy_backward(at, text_.data() + size_, text_.data() + size_ + characters.size());
    std::ranges::copy(characters, at);
    size_ += characters.size();
    cursor_ += characters.size();
    return true;
}

void Line::left() { cursor_ = before(cursor_); }
void Line::right() { cursor_ = behind(cursor_); }
void Line::backspace() { remove(before(cursor_), cursor_); }
void Line::erase() { remove(cursor_, behind(cursor_)); }
void Line::erase_to_start() { remove(0, cursor_); }
void Line::erase_word() { remove(word_start(), cursor_); }

void Line::remove(std::size_t from, std::size_t to) {
    std::copy(text_.data() + to, text_.data() + size_, text_.data() + from);
    size_ -= to - from;
    cursor_ = from;
}

std::size_t Line::before(std::size_t at) const {
    if (at == 0) return 0;
    --at;
    while (at > 0 && is_continuation(text_[at])) --at;
    return at;
}

std::size_t Line::behind(std::size_t at) const {
    if (at == size_) return at;
    ++at;
    while (at < size_ && is_continuation(text_[at])) ++at;
    return at;
}

std::size_t Line::word_start() const {
    std::size_t at = cursor_;
    while (at > 0 && text_[at - 1] == ' ') --at;
    while (at > 0 && text_[at - 1] != ' ') --at;
    return at;
}

void History::add(std::string_view line) {
    rewind();
    line = line.substr(0, Line::capacity);
    if (line.empty() || line == at(1)) return;
    Entry& entry = entries_[count_++ % capacity];
    std::ranges::copy(line, entry.text.begin());
    entry.size = line.size();
}

std::string_view History::older() {
    if (back_ < std::min(count_, capacity)) ++back_;
    return at(back_);
}

std::string_view History::newer() {
    if (back_ > 0) --back_;
    return at(back_);
}

std::string_view History::at(std::size_t back) const {
    if (back == 0 || back > std::min(count_, capacity)) return {};
    const Entry& entry = entries_[(count_ - back) % capacity];
    return {entry.text.data(), entry.size};
}

}  // namespace lintel
