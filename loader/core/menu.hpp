// The boot menu as a state machine: what is selected, which directories are open, how long until it boots by itself.
// Keys and time come in, and what has to be drawn anew comes out.
// Invariant: the selected entry is always one that is visible; entries for other machines never are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/keys.hpp"
#include "loader/core/configuration.hpp"
#include "loader/core/entry.hpp"

namespace lintel::loader {

enum class MenuChange : std::uint8_t {
    none,
    countdown,  // only the seconds that are left
    all,
    boot,  // the selected entry is to be booted
    edit,  // the selected entry is to be edited
};

class Menu {
public:
    /// Selects the default entry, or the one that was `remembered`, and opens the directories around it. Opens and
    /// closes directories in the configuration's own entries.
    explicit Menu(const Configuration& configuration, std::optional<std::size_t> remembered = {});

    /// Whether `timeout: 0` asks for the selected entry without any menu. A directory cannot be booted: the menu shows.
    [[nodiscard]] bool boots_at_once() const { return remaining_ == 0U; }

    /// Any key ends the countdown; Escape and unknown ones do no more than that.
    MenuChange press(KeyPress press);

    /// Time has passed.
    MenuChange tick(std::uint32_t milliseconds);

    /// Whether there is anything to draw: with `quiet`, only once a key was pressed.
    [[nodiscard]] bool shows() const { return !quiet_; }

    /// Whether E edits the selected entry: a directory has nothing to boot.
    [[nodiscard]] bool edits() const { return editor_ && !selected().directory; }

    [[nodiscard]] const Appearance& appearance() const { return *appearance_; }
    [[nodiscard]] const Entry& selected() const { return entries_[selected_]; }

    /// The seconds until it boots by itself, rounded up; nothing where it waits for a person.
    [[nodiscard]] std::optional<std::uint32_t> countdown() const;

    /// The entries that are visible now, from top to bottom.
    [[nodiscard]] std::size_t row_count() const;
    [[nodiscard]] std::size_t selected_row() const;
    [[nodiscard]] const Entry& row(std::size_t index) const { return entries_[entry_of_row(index)]; }

private:
    [[nodiscard]] std::size_t skip_hidden(std::size_t index) const;
    [[nodiscard]] std::size_t next(std::size_t index) const;
    [[nodiscard]] std::size_t entry_of_row(std::size_t row) const;
    [[nodiscard]] std::size_t default_entry(std::string_view wanted) const;
    [[nodiscard]] std::optional<std::size_t> parent(std::size_t index) const;
    MenuChange act(KeyPress press);
    MenuChange select_row(std::size_t row);
    MenuChange open(bool expanded);

    std::span<Entry> entries_;
    const Appearance* appearance_;
    bool quiet_;
    bool editor_;
    std::size_t selected_ = 0;
    std::optional<std::uint32_t> remaining_;  // milliseconds
};

}  // namespace lintel::loader
