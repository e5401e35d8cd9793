// The boot menu as a state machine: what is selected, which directories are open, how long until it boots by itself.
// Keys and time come in, and what has to be drawn anew comes out.
// Invariant: the selected entry is always one that is visible; entries for other machines never are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "loader/core/configuration.hpp"
#include "loader/core/entry.hpp"
#include "loader/core/keys.hpp"

namespace lintel::loader {

enum class MenuChange : std::uint8_t {
    none,
    countdown,  // only the seconds that are left
    all,
    boot,  // the selected entry is to be booted
};

class Menu {
public:
    /// Selects the default entry and opens the directories around it. Opens and closes directories in the
    /// configuration's own entries.
    explicit Menu(const Configuration& configuration);

    /// Whether `timeout: 0` asks for the selected entry without any menu. A directory cannot be booted: the menu shows.
    [[nodiscard]] bool boots_at_once() const { return remaining_ == 0U; }

    /// Any key ends the countdown; Escape and unknown ones do no more than that.
    MenuChange press(Key key);

    /// Time has passed.
    MenuChange tick(std::uint32_t milliseconds);

    /// Whether there is anything to draw: with `quiet`, only once a key was pressed.
    [[nodiscard]] bool shows() const { return !quiet_; }

    [[nodiscard]] std::string_view branding() const { return branding_; }
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
    MenuChange act(Key key);
    MenuChange select_row(std::size_t row);
    MenuChange open(bool expanded);

    std::span<Entry> entries_;
    std::string_view branding_;
    bool quiet_;
    std::size_t selected_ = 0;
    std::optional<std::uint32_t> remaining_;  // milliseconds
};

}  // namespace lintel::loader
