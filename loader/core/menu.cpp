// What keys and time do to the menu.
// Invariant: entries_ never changes but in `expanded`, so an index names the same entry for good.
#include "loader/core/menu.hpp"

#include <algorithm>

#include "base/result.hpp"
#include "loader/core/ascii.hpp"

namespace lintel::loader {

Menu::Menu(const Configuration& configuration, std::optional<std::size_t> remembered)
    : entries_(configuration.entries),
      appearance_(&configuration.appearance),
      quiet_(configuration.quiet),
      editor_(configuration.editor_enabled.value_or(true)) {
    ensure(row_count() > 0, "a menu has entries");
    selected_ = remembered ? *remembered : default_entry(configuration.default_entry);
    for (auto directory = parent(selected_); directory; directory = parent(*directory))
        entries_[*directory].expanded = true;
    if (!selected().directory) remaining_ = configuration.timeout;
    // Without a countdown there is nothing to be quiet about: a person has to choose.
    if (!remaining_) quiet_ = false;
}

MenuChange Menu::press(KeyPress press) {
    bool was_waiting = !remaining_;
    remaining_.reset();
    quiet_ = false;
    MenuChange change = act(press);
    return change == MenuChange::none && !was_waiting ? MenuChange::all : change;
}

MenuChange Menu::tick(std::uint32_t milliseconds) {
    if (!remaining_) return MenuChange::none;
    auto before = countdown();
    *remaining_ -= std::min(milliseconds, *remaining_);
    if (*remaining_ == 0) return MenuChange::boot;
    return countdown() == before ? MenuChange::none : MenuChange::countdown;
}

std::optional<std::uint32_t> Menu::countdown() const {
    if (!remaining_) return std::nullopt;
    return *remaining_ / 1000 + (*remaining_ % 1000 != 0 ? 1 : 0);
}

std::size_t Menu::row_count() const {
    std::size_t count = 0;
    for (std::size_t i = skip_hidden(0); i < entries_.size(); i = next(i)) ++count;
    return count;
}

std::size_t Menu::selected_row() const {
    std::size_t row = 0;
    for (std::size_t i = skip_hidden(0); i < selected_; i = next(i)) ++row;
    return row;
}

std::size_t Menu::skip_hidden(std::size_t index) const {
    while (index < entries_.size() && entries_[index].hidden) ++index;
    return index;
}

/// The visible entry below the one at `index`; the number of entries where there is none.
std::size_t Menu::next(std::size_t index) const {
    const Entry& entry = entries_[index];
    ++index;
    if (entry.directory && !entry.expanded)
        while (index < entries_.size() && entries_[index].depth > entry.depth) ++index;
    return skip_hidden(index);
}

std::size_t Menu::entry_of_row(std::size_t row) const {
    std::size_t index = skip_hidden(0);
    for (; row > 0; --row) index = next(index);
    return index;
}

/// `default_entry` is a row, counted from 1 as the menu first shows, or a path. What leads nowhere means the first.
std::size_t Menu::default_entry(std::string_view wanted) const {
    if (std::ranges::all_of(wanted, is_digit)) {
        std::uint32_t row = parse_decimal(wanted).value_or(1);
        return entry_of_row(row >= 1 && row <= row_count() ? row - 1 : 0);
    }
    return find_entry(entries_, wanted).value_or(entry_of_row(0));
}

std::optional<std::size_t> Menu::parent(std::size_t index) const {
    for (std::size_t i = index; i > 0; --i)
        if (entries_[i - 1].depth < entries_[index].depth) return i - 1;
    return std::nullopt;
}

MenuChange Menu::act(KeyPress press) {
    constexpr std::size_t page = 10;  // rows
    std::size_t rows = row_count();
    switch (press.key) {
        case Key::up:
            return select_row((selected_row() + rows - 1) % rows);
        case Key::down:
            return select_row((selected_row() + 1) % rows);
        case Key::home:
            return select_row(0);
        case Key::end:
            return select_row(rows - 1);
        case Key::page_up:
            return select_row(selected_row() - std::min(selected_row(), page));
        case Key::page_down:
            return select_row(std::min(selected_row() + page, rows - 1));
        case Key::enter:
        case Key::boot:
            return selected().directory ? open(!selected().expanded) : MenuChange::boot;
        case Key::right:
            return selected().directory ? open(true) : MenuChange::none;
        case Key::left: {
            if (selected().directory && selected().expanded) return open(false);
            auto directory = parent(selected_);
            if (!directory) return MenuChange::none;
            selected_ = *directory;
            return MenuChange::all;
        }
        case Key::text:
            return to_lowercase(press.character) == 'e' && edits() ? MenuChange::edit : MenuChange::none;
        case Key::tab:
        case Key::backspace:
        case Key::erase:
        case Key::escape:
        case Key::other:
            return MenuChange::none;
    }
    return MenuChange::none;
}

MenuChange Menu::select_row(std::size_t row) {
    std::size_t before = selected_;
    selected_ = entry_of_row(row);
    return selected_ == before ? MenuChange::none : MenuChange::all;
}

MenuChange Menu::open(bool expanded) {
    if (entries_[selected_].expanded == expanded) return MenuChange::none;
    entries_[selected_].expanded = expanded;
    return MenuChange::all;
}

}  // namespace lintel::loader
