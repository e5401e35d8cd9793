// What a person sees of the loader and presses: the serial line always, the screen where there is something to show.
// Invariant: a machine without a serial port, or without a screen, loses nothing but that.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "arch/serial.hpp"
#include "base/canvas.hpp"
#include "base/keys.hpp"
#include "base/text.hpp"
#include "loader/core/configuration.hpp"
#include "loader/core/editor.hpp"
#include "loader/core/firmware.hpp"
#include "loader/core/menu.hpp"

namespace lintel::loader {

/// Keys, wherever the machine has them from.
class Keyboard {
public:
    /// The next key; nothing where none was pressed for that long.
    virtual std::optional<KeyPress> wait(std::uint32_t milliseconds) = 0;

protected:
    ~Keyboard() = default;
};

/// What the menu needs to let a person edit an entry.
struct Editing {
    EntryEditor& editor;
    const Configuration& configuration;
    const Platform& platform;
    EntryJudge& judge;
};

class Console {
public:
    explicit Console(Keyboard& keyboard);

    /// Sends text down the serial line; lines end with '\n'.
    void write(std::string_view text);

    /// The screen to draw on from now on: the first display that can be drawn on.
    void use(std::span<const Display> displays, DirectMap memory);

    /// Sets up what `serial` and `serial_baudrate` ask for. Without a line there is still one for what give_up() says.
    void use_serial(const GlobalOptions& options, const Platform& platform);

    /// Shows the menu until an entry is chosen, which may have come out of the `editor`.
    const Entry& choose(Menu& menu, Editing editing);

    /// The error as one sentence, wherever it can be seen, and then the end: halts with interrupts off.
    [[noreturn]] void give_up(const Error& error);

private:
    /// Calls `draw(screen, index)` for each screen that there is.
    template <class Draw>
    void on_each_screen(const Appearance& appearance, Draw draw);
    void draw(const Menu& menu, MenuChange change);
    /// True where the edited entry is to be booted.
    bool edit(const Menu& menu, Editing editing);

    Keyboard* keyboard_;
    std::optional<arch::SerialPort> serial_{};
    bool logs_ = true;  // to the serial line
    std::optional<Canvas> screen_{};
};

}  // namespace lintel::loader
