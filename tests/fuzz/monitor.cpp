// Whatever comes over a serial line, into the monitor's line editor.
// The input: the bytes.
#include "kernel/monitor/shell.hpp"

#include <array>

#include "base/utf8.hpp"
#include "kernel/tests/typed_terminal.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lintel::fuzz {
namespace {

/// Knows "\b", "\n" and what takes one column.
class Columns final : public TypedTerminal {
public:
    explicit Columns(Bytes keys) : TypedTerminal(as_text(keys)) {}

    void write(std::string_view text) override {
        while (!text.empty()) {
            const std::size_t before = text.size();
            const char32_t character = take_code_point(text);
            ensure(character != replacement_character || before - text.size() == 3, "only UTF-8 is written");
            if (character == '\b') ensure(column_-- > 0, "nothing goes back beyond the row's start");
            if (character == '\n') column_ = 0;
            if (character >= ' ') ++column_;
            ensure(character >= ' ' || character == '\b' || character == '\n', "no other control character is written");
        }
    }

    [[nodiscard]] std::size_t column() const { return column_; }

private:
    std::size_t column_ = 0;
};

Status nothing(Terminal& terminal, std::string_view argument) {
    ensure(argument.empty() || argument.front() != ' ', "arguments come without blanks around them");
    print(terminal, "{}\n", argument.size());
    return {};
}

std::optional<std::string_view> word(std::size_t index) {
    constexpr std::array<std::string_view, 3> words = {"alpha", "alphabet", "beta"};
    if (index >= words.size()) return std::nullopt;
    return words[index];
}

constexpr std::array table = {
    Command{"mem", "", "one", nothing},
    Command{"memory", "<size>", "two", nothing},
    Command{"fault", "[kind]", "three", nothing, word},
};

}  // namespace

void try_input(Bytes input) {
    Columns terminal(input);
    Shell(terminal, table).run("> ");
    ensure(terminal.column() <= LineEditor::width, "a line does not wrap");
}

}  // namespace lintel::fuzz
