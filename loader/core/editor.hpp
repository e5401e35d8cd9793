// An entry of the menu being edited: its text, the cursor, and whether it could be booted as it stands. Nothing is
// written anywhere: what was edited is booted or forgotten.
// Invariant: the cursor stands before a character or at the end of the text, never inside of a character.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/keys.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "loader/core/configuration.hpp"

namespace lintel::loader {

/// What has to be drawn anew.
enum class EditorChange : std::uint8_t { none, cursor, line, all };

/// Lines of text and a cursor in them.
class TextEditor {
public:
    /// Takes a copy of `text`; tabs become spaces, carriage returns and empty lines at the end go. Fails where it is
    /// too long.
    Status open(std::string_view text);

    EditorChange press(KeyPress press);

    [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }
    [[nodiscard]] std::size_t line_count() const;
    /// Without its end; empty beyond the last one.
    [[nodiscard]] std::string_view line(std::size_t index) const;
    [[nodiscard]] std::size_t cursor_line() const;
    /// In characters from the line's start.
    [[nodiscard]] std::size_t cursor_column() const;

private:
    [[nodiscard]] std::size_t line_start() const;
    [[nodiscard]] std::size_t line_end() const;
    [[nodiscard]] std::size_t next(std::size_t at) const;
    [[nodiscard]] std::size_t previous(std::size_t at) const;
    EditorChange move(std::size_t to);
    EditorChange move_lines(std::ptrdiff_t count);
    EditorChange insert(std::string_view text);
    EditorChange remove(std::size_t from, std::size_t to);

    static constexpr std::size_t capacity = 32768;  // bytes
    std::array<char, capacity> text_{};
    std::size_t size_ = 0;
    std::size_t cursor_ = 0;
    std::size_t wanted_column_ = 0;  // where moving up and down would like to be
};

/// Whether an entry could be booted, without doing so.
class EntryJudge {
public:
    virtual Status judge(const Entry& entry) = 0;

protected:
    ~EntryJudge() = default;
};

class EntryEditor {
public:
    enum class Outcome : std::uint8_t { edit, boot, cancel };

    /// Starts with the text of `original`, an entry of `configuration`; both outlive the editing.
    Status open(const Configuration& configuration, const Platform& platform, const Entry& original);

    /// What a key does. An entry that `judge` refuses is not booted; the hint says why.
    Outcome press(KeyPress press, EntryJudge& judge);

    /// The entry as it was when it was to be booted.
    [[nodiscard]] const Entry& entry() const { return entry_; }

    [[nodiscard]] EditorChange change() const { return change_; }
    [[nodiscard]] std::string_view title() const { return original_->title; }
    [[nodiscard]] const TextEditor& text() const { return text_; }
    /// What is wrong with the text; empty where nothing is known to be.
    [[nodiscard]] std::string_view hint() const { return hint_.text(); }
    [[nodiscard]] bool highlights() const { return configuration_->editor_highlighting; }
    [[nodiscard]] bool validates() const { return configuration_->editor_validation; }

private:
    Status parse();
    void validate();
    void explain(const Error& error);

    const Configuration* configuration_ = nullptr;
    const Platform* platform_ = nullptr;
    const Entry* original_ = nullptr;
    TextEditor text_{};
    EditorChange change_ = EditorChange::none;
    Entry entry_{};
    std::string_view ignored_{};
    TextBuffer<512> hint_{};

    // What the parsed text is put into.
    std::array<Entry, 1> entries_{};
    std::array<Option, 512> options_{};
    std::array<Macro, 64> macros_{};
    std::array<char, 16384> expanded_{};
    std::array<std::string_view, 1> ignored_room_{};
};

}  // namespace lintel::loader
