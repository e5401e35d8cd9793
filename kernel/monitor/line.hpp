// One line of text with a cursor in it, and the lines before.
// Invariant: the text is valid UTF-8 without control characters; the cursor stands before a character or at the end,
// never inside of a character.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace lintel {

class Line {
public:
    static constexpr std::size_t capacity = 240;  // bytes

    [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }
    [[nodiscard]] std::string_view before_cursor() const { return text().substr(0, cursor_); }

    /// Replaces the text by as much of `text` as there is room for, with the cursor behind it.
    void set(std::string_view text);

    /// Puts characters in at the cursor. False, and nothing has changed, where there is no room or where they are not
    /// what a line can hold.
    bool insert(std::string_view characters);

    void left();
    void right();
    void home() { cursor_ = 0; }
    void end() { cursor_ = size_; }

    /// Each takes away: the character before the cursor, the one behind it, all behind it, all before it, the word
    /// before it.
    void backspace();
    void erase();
    void erase_to_end() { size_ = cursor_; }
    void erase_to_start();
    void erase_word();

private:
    void remove(std::size_t from, std::size_t to);
    [[nodiscard]] std::size_t before(std::size_t at) const;
    [[nodiscard]] std::size_t behind(std::size_t at) const;
    [[nodiscard]] std::size_t word_start() const;

    std::array<char, capacity> text_{};
    std::size_t size_ = 0;
    std::size_t cursor_ = 0;
};

/// The last lines, and the place among them that a person has gone back to.
class History {
public:
    static constexpr std::size_t capacity = 16;  // lines

    /// Remembers a line, unless it is empty or the same as the last one, and starts over behind it.
    void add(std::string_view line);

    /// The line before the place, and after it; empty at the end. Going back no further than there are lines.
    std::string_view older();
    std::string_view newer();

    /// Starts over behind the last line.
    void rewind() { back_ = 0; }

private:
    struct Entry {
        std::array<char, Line::capacity> text{};
        std::size_t size = 0;
    };
    [[nodiscard]] std::string_view at(std::size_t back) const;

    std::array<Entry, capacity> entries_{};
    std::size_t count_ = 0;  // ever added
    std::size_t back_ = 0;   // how many lines the place lies before the end
};

}  // namespace lintel
