#include "loader/core/console.hpp"

#include <algorithm>
#include <array>

#include "arch/arch.hpp"
#include "base/error_text.hpp"
#include "base/font.hpp"
#include "base/fonts.hpp"
#include "base/text.hpp"
#include "loader/core/editor_screen.hpp"
#include "loader/core/menu_canvas.hpp"
#include "loader/core/menu_screen.hpp"

namespace lintel::loader {
namespace {

// How often the countdown looks at the clock; nobody sees a tenth of a second.
constexpr std::uint32_t tick = 100;  // milliseconds

constexpr unsigned default_baudrate = 115200;

constexpr Colour error_background{0x20, 0x0a, 0x0a};
constexpr Colour error_text{0xff, 0xe0, 0xe0};

std::optional<Font> text_font() {
    auto font = Font::parse(fonts::text());
    if (!font) return std::nullopt;
    return *font;
}

/// Fills the screen with `text`, broken into lines where it is too long for one.
void show_error(Canvas& screen, std::string_view text) {
    auto font = text_font();
    if (!font) return;
    auto scale = static_cast<std::uint32_t>(std::max<std::int64_t>(1, screen.width() / 1280));
    std::int64_t cell = std::int64_t{font->width()} * scale, line = std::int64_t{font->height()} * scale;
    auto columns = static_cast<std::size_t>(std::max<std::int64_t>(1, screen.width() / cell - 4));
    screen.fill({0, 0, screen.width(), screen.height()}, error_background);
    for (std::int64_t y = 2 * line; !text.empty(); y += line) {
        std::string_view part = text.substr(0, columns);
        if (part.size() < text.size()) part = part.substr(0, part.rfind(' ') + 1);
        if (part.empty()) part = text.substr(0, columns);  // a word longer than a line
        screen.draw_text(2 * cell, y, part, *font, {.colour = error_text, .scale = scale});
        text.remove_prefix(part.size());
    }
}

}  // namespace

Console::Console(Keyboard& keyboard) : keyboard_(&keyboard) {
    if (auto port = arch::SerialPort::open(arch::com1, default_baudrate)) serial_ = *port;
}

void Console::write(std::string_view text) {
    if (serial_ && logs_) serial_->write(text);
}

void Console::use_serial(const GlobalOptions& options, const Platform& platform) {
    logs_ = options.serial;
    // "BIOS only, ignored with Limine UEFI": there the firmware uses the line as well.
    if (!serial_ || platform.firmware == "UEFI" || options.serial_baudrate == default_baudrate) return;
    if (auto port = arch::SerialPort::open(arch::com1, options.serial_baudrate)) serial_ = *port;
}

void Console::use(std::span<const Display> displays, DirectMap memory) {
    for (const auto& display : displays) {
        auto canvas = Canvas::create(memory.pointer<void>(display.address), Layout::of(display.mode));
        if (!canvas) continue;
        screen_ = *canvas;
        return;
    }
}

const Entry& Console::choose(Menu& menu, Editing editing) {
    const Entry* chosen = nullptr;
    for (MenuChange change = MenuChange::all; chosen == nullptr;) {
        draw(menu, change);
        auto key = keyboard_->wait(tick);
        change = key ? menu.press(*key) : menu.tick(tick);
        if (change == MenuChange::boot) chosen = &menu.selected();
        if (change == MenuChange::edit) {
            if (edit(menu, editing)) chosen = &editing.editor.entry();
            change = MenuChange::all;
        }
    }
    if (menu.shows()) TerminalScreen<Console>(*this).leave();
    return *chosen;
}

bool Console::edit(const Menu& menu, Editing editing) {
    EntryEditor& editor = editing.editor;
    if (!editor.open(editing.configuration, editing.platform, menu.selected())) return false;
    std::array<EditorView, 2> views{};
    EntryEditor::Outcome outcome = EntryEditor::Outcome::edit;
    while (outcome == EntryEditor::Outcome::edit) {
        on_each_screen(menu.appearance(), [&](MenuScreen& screen, std::size_t index) {
            views[index].draw(editor, editor.change(), screen);
        });
        std::optional<KeyPress> key;
        while (!key) key = keyboard_->wait(tick);
        outcome = editor.press(*key, editing.judge);
    }
    return outcome == EntryEditor::Outcome::boot;
}

template <class Draw>
void Console::on_each_screen(const Appearance& appearance, Draw draw) {
    TerminalScreen<Console> terminal(*this);
    draw(terminal, 0);
    auto font = text_font();
    if (!screen_ || !font) return;
    CanvasScreen canvas(*screen_, *font, appearance);
    draw(canvas, 1);
}

void Console::draw(const Menu& menu, MenuChange change) {
    on_each_screen(menu.appearance(), [&](MenuScreen& screen, std::size_t) { draw_change(menu, change, screen); });
}

void Console::give_up(const Error& error) {
    TextBuffer<1024> sentence;
    print(sentence, "lintel loader: error: ");
    print_error(sentence, error);
    logs_ = true;
    write(sentence.text());
    write("\n");
    if (screen_) show_error(*screen_, sentence.text());
    arch::disable_interrupts();
    for (;;) arch::wait_for_interrupt();
}

}  // namespace lintel::loader
