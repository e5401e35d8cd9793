// Reads a line from a terminal while a person edits it.
// Invariant: what is shown never goes beyond the terminal's width, so that going back by columns is all that drawing
// needs; a line that is longer is shown in part, around its cursor.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.hpp"
#include "kernel/monitor/line.hpp"
#include "kernel/monitor/terminal.hpp"

namespace lintel {

/// What Tab can complete a word to.
class Completions {
public:
    /// The words that can stand behind `before`, the line up to the word: one for each index, then nothing.
    [[nodiscard]] virtual std::optional<std::string_view> word(std::string_view before, std::size_t index) const = 0;

protected:
    ~Completions() = default;
};

class LineEditor {
public:
    static constexpr std::size_t width = 79;  // columns that every terminal has

    /// Both must outlive it. `prompt` stands before each line, in one column for each byte.
    LineEditor(Terminal& terminal, const Completions& completions, std::string_view prompt)
        : terminal_(terminal), completions_(completions), prompt_(prompt) {}

    /// Shows the prompt and reads a line, which stays until the next one is read; Ctrl-C starts anew. Nothing where
    /// the terminal has no more keys.
    std::optional<std::string_view> read();

private:
    enum class Outcome : std::uint8_t { edit, enter, abandon };

    Outcome press(KeyPress press);
    Outcome press_other(char byte);
    void take_utf8(char byte);
    void complete();
    void list_words(std::string_view before, std::string_view word);
    void start_line();
    void draw();
    [[nodiscard]] TextBuffer<4 * width> visible(std::size_t cursor_column);

    Terminal& terminal_;
    const Completions& completions_;
    std::string_view prompt_;
    Line line_{};
    History history_{};
    TextBuffer<4> character_{};  // the first bytes of a character beyond ASCII

    // What is on the terminal behind the prompt.
    TextBuffer<4 * width> shown_{};
    std::size_t shown_cursor_ = 0;  // columns
    std::size_t first_ = 0;         // the first character shown
};

}  // namespace lintel
