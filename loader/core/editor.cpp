// What keys do to the text of an entry.
// Invariant: text_ holds neither tabs nor carriage returns, so a character has one column of the screen.
#include "loader/core/editor.hpp"

#include <algorithm>

#include "base/error_text.hpp"
#include "base/utf8.hpp"

namespace lintel::loader {
namespace {

constexpr std::string_view tab = "    ";
constexpr std::ptrdiff_t page = 10;  // lines

std::size_t count_characters(std::string_view text) {
    std::size_t count = 0;
    for (; !text.empty(); ++count) take_code_point(text);
    return count;
}

}  // namespace

Status TextEditor::open(std::string_view text) {
    size_ = cursor_ = wanted_column_ = 0;
    text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
    for (char c : text) {
        if (c == '\r') continue;
        std::string_view piece = c == '\t' ? tab : std::string_view(&c, 1);
        if (piece.size() > capacity - size_)
            return fail(ErrorCode::out_of_memory, "this entry is too long to be edited");
        std::ranges::copy(piece, text_.begin() + size_);
        size_ += piece.size();
    }
    return {};
}

EditorChange TextEditor::press(KeyPress press) {
    switch (press.key) {
        case Key::left:
            return move(previous(cursor_));
        case Key::right:
            return move(next(cursor_));
        case Key::home:
            return move(line_start());
        case Key::end:
            return move(line_end());
        case Key::up:
            return move_lines(-1);
        case Key::down:
            return move_lines(1);
        case Key::page_up:
            return move_lines(-page);
        case Key::page_down:
            return move_lines(page);
        case Key::enter:
            return insert("\n");
        case Key::tab:
            return insert(tab);
        case Key::text:
            return insert({&press.character, 1});
        case Key::backspace:
            return remove(previous(cursor_), cursor_);
        case Key::erase:
            return remove(cursor_, next(cursor_));
        case Key::escape:
        case Key::boot:
        case Key::other:
            return EditorChange::none;
    }
    return EditorChange::none;
}

std::size_t TextEditor::line_count() const { return static_cast<std::size_t>(std::ranges::count(text(), '\n')) + 1; }

std::string_view TextEditor::line(std::size_t index) const {
    std::string_view rest = text();
    for (; index > 0; --index) {
        std::size_t end = rest.find('\n');
        if (end == std::string_view::npos) return {};
        rest.remove_prefix(end + 1);
    }
    return rest.substr(0, rest.find('\n'));
}

std::size_t TextEditor::cursor_line() const {
    return static_cast<std::size_t>(std::ranges::count(text().substr(0, cursor_), '\n'));
}

std::size_t TextEditor::cursor_column() const {
    return count_characters(text().substr(line_start(), cursor_ - line_start()));
}

std::size_t TextEditor::line_start() const { return text().substr(0, cursor_).rfind('\n') + 1; }

std::size_t TextEditor::line_end() const { return std::min(text().find('\n', cursor_), size_); }

std::size_t TextEditor::next(std::size_t at) const {
    if (at == size_) return at;
    std::string_view rest = text().substr(at);
    take_code_point(rest);
    return size_ - rest.size();
}

/// Characters are found from the line's start on, since that is how the screen and next() tell them apart.
std::size_t TextEditor::previous(std::size_t at) const {
    if (at == 0) return 0;
    std::size_t start = text()[at - 1] == '\n' ? at - 1 : line_start();
    while (next(start) < at) start = next(start);
    return start;
}

EditorChange TextEditor::move(std::size_t to) {
    bool moved = to != cursor_;
    cursor_ = to;
    wanted_column_ = cursor_column();
    return moved ? EditorChange::cursor : EditorChange::none;
}

EditorChange TextEditor::move_lines(std::ptrdiff_t count) {
    std::size_t before = cursor_;
    for (; count < 0 && line_start() > 0; ++count) cursor_ = line_start() - 1;
    for (; count > 0 && line_end() < size_; --count) cursor_ = line_end() + 1;
    cursor_ = line_start();
    for (std::size_t i = 0; i < wanted_column_ && cursor_ < line_end(); ++i) cursor_ = next(cursor_);
    return cursor_ == before ? EditorChange::none : EditorChange::cursor;
}

EditorChange TextEditor::insert(std::string_view piece) {
    if (piece.size() > capacity - size_) return EditorChange::none;
    auto begin = text_.begin();
    auto at = static_cast<std::ptrdiff_t>(cursor_), end = static_cast<std::ptrdiff_t>(size_);
    std::move_backward(begin + at, begin + end, begin + end + static_cast<std::ptrdiff_t>(piece.size()));
    std::ranges::copy(piece, begin + at);
    size_ += piece.size();
    cursor_ += piece.size();
    wanted_column_ = cursor_column();
    return piece == "\n" ? EditorChange::all : EditorChange::line;
}

EditorChange TextEditor::remove(std::size_t from, std::size_t to) {
    if (from == to) return EditorChange::none;
    bool joins = text().substr(from, to - from).contains('\n');
    auto begin = text_.begin();
    std::move(begin + static_cast<std::ptrdiff_t>(to), begin + static_cast<std::ptrdiff_t>(size_),
              begin + static_cast<std::ptrdiff_t>(from));
    size_ -= to - from;
    cursor_ = from;
    wanted_column_ = cursor_column();
    return joins ? EditorChange::all : EditorChange::line;
}

Status EntryEditor::open(const Configuration& configuration, const Platform& platform, const Entry& original) {
    configuration_ = &configuration;
    platform_ = &platform;
    original_ = &original;
    TRY(text_.open(original.text));
    change_ = EditorChange::all;
    validate();
    return {};
}

EntryEditor::Outcome EntryEditor::press(KeyPress press, EntryJudge& judge) {
    change_ = EditorChange::none;
    if (press == Key::escape) return Outcome::cancel;
    if (press == Key::boot) {
        Status status = parse();
        if (status) status = judge.judge(entry_);
        if (status) return Outcome::boot;
        explain(status.error());
        change_ = EditorChange::cursor;
        return Outcome::edit;
    }
    change_ = text_.press(press);
    if (change_ == EditorChange::line || change_ == EditorChange::all) validate();
    return Outcome::edit;
}

Status EntryEditor::parse() {
    auto parsed = TRY(parse_edited(*configuration_, *original_, text_.text(), *platform_,
                                   {entries_, options_, macros_, expanded_, ignored_room_}));
    entry_ = parsed.entries.front();
    ignored_ = parsed.ignored.empty() ? std::string_view() : parsed.ignored.front();
    return {};
}

void EntryEditor::validate() {
    hint_.clear();
    if (!validates()) return;
    Status status = parse();
    if (!status)
        explain(status.error());
    else if (!ignored_.empty())
        print(hint_, "would be ignored, since this loader does not know it: {}", Printable(ignored_));
}

void EntryEditor::explain(const Error& error) {
    hint_.clear();
    print_error(hint_, error);
}

}  // namespace lintel::loader
