// A terminal for tests: keys from a text, and rows that show what a real one would.
// Invariant: it knows nothing but printable characters, "\n" and "\b"; anything else fails the test.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"
#include "kernel/tests/typed_terminal.hpp"

namespace lintel {

class FakeTerminal final : public TypedTerminal {
public:
    explicit FakeTerminal(std::string_view keys = {}) : TypedTerminal(keys) {}

    void write(std::string_view text) override {
        written_ += text;
        while (!text.empty()) put(take_code_point(text));
    }

    [[nodiscard]] const std::string& written() const { return written_; }
    /// All rows as they look now.
    [[nodiscard]] std::vector<std::string> rows() const {
        std::vector<std::string> result;
        for (const std::u32string& row : rows_) {
            struct {
                void write(std::string_view more) { text += more; }
                std::string text{};
            } sink;
            for (char32_t character : row) write_code_point(sink, character);
            result.push_back(sink.text);
        }
        return result;
    }
    [[nodiscard]] std::size_t column() const { return column_; }
    /// How many columns the widest row has come to.
    [[nodiscard]] std::size_t widest() const { return widest_; }

private:
    void put(char32_t character) {
        if (character == '\n') {
            rows_.emplace_back();
            column_ = 0;
        } else if (character == '\b') {
            EXPECT_GT(column_, 0U) << "goes back beyond the row's start";
            if (column_ > 0) --column_;
        } else {
            EXPECT_GE(character, 0x20U);
            EXPECT_NE(character, replacement_character);
            std::u32string& row = rows_.back();
            if (column_ == row.size()) row += U' ';
            row[column_++] = character;
            widest_ = std::max(widest_, column_);
        }
    }

    std::string written_{};
    std::vector<std::u32string> rows_{1};
    std::size_t column_ = 0;
    std::size_t widest_ = 0;
};

}  // namespace lintel
