// Words side by side, in as many rows as they need.
// Invariant: no row is wider than `width`, unless a single word is.
#pragma once

#include <cstddef>
#include <string_view>

#include "kernel/monitor/terminal.hpp"

namespace lintel {

class WordRows {
public:
    WordRows(Terminal& terminal, std::size_t width) : terminal_(terminal), width_(width) {}

    void add(std::string_view word) {
        constexpr std::string_view gap = "  ";
        if (column_ != 0 && column_ + gap.size() + word.size() > width_) end();
        if (column_ != 0) terminal_.write(gap);
        terminal_.write(word);
        column_ += (column_ == 0 ? 0 : gap.size()) + word.size();
    }

    void end() {
        if (column_ != 0) terminal_.write("\n");
        column_ = 0;
    }

private:
    Terminal& terminal_;
    std::size_t width_;
    std::size_t column_ = 0;
};

}  // namespace lintel
