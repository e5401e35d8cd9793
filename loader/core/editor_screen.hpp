// How the entry editor looks, on the same screens as the menu.
// Invariant: one view belongs to one screen, since it remembers what that screen shows.
#pragma once

#include <cstddef>

#include "loader/core/editor.hpp"
#include "loader/core/menu_screen.hpp"

namespace lintel::loader {

class EditorView {
public:
    /// Draws what has changed, and as much more as that moves.
    void draw(const EntryEditor& editor, EditorChange change, MenuScreen& screen);

private:
    void draw_line(const EntryEditor& editor, std::size_t line, MenuScreen& screen) const;
    void draw_frame(const EntryEditor& editor, MenuScreen& screen) const;
    bool follow(const TextEditor& text, const MenuScreen& screen);

    std::size_t top_ = 0;          // the first line shown
    std::size_t left_ = 0;         // the first column shown
    std::size_t cursor_line_ = 0;  // where the cursor was drawn
};

}  // namespace lintel::loader
