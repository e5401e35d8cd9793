// The monitor without the machine: a table of commands, and lines that name them.
// Invariant: whatever is typed, the answer to a line that cannot be obeyed is one sentence.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "kernel/monitor/line_editor.hpp"
#include "kernel/monitor/terminal.hpp"

namespace lintel {

struct Command {
    std::string_view name;
    std::string_view argument;  // as help shows it: "<one that must be given>", "[one that may be]", or none
    std::string_view what;      // it does, in a few words
    Status (*run)(Terminal& terminal, std::string_view argument);
    /// The words that can be its argument, by index, for help and completion.
    std::optional<std::string_view> (*word)(std::size_t index) = nullptr;
};

class Shell final : Completions {
public:
    /// Both must outlive it.
    Shell(Terminal& terminal, std::span<const Command> commands) : terminal_(terminal), commands_(commands) {}

    /// Reads lines and obeys them, until the terminal has no more keys.
    void run(std::string_view prompt);

    /// Obeys one line.
    void obey(std::string_view line);

private:
    [[nodiscard]] std::optional<std::string_view> word(std::string_view before, std::size_t index) const override;
    [[nodiscard]] const Command* find(std::string_view name) const;
    void help(std::string_view name);

    Terminal& terminal_;
    std::span<const Command> commands_;
};

}  // namespace lintel
