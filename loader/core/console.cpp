#include "loader/core/console.hpp"

#include <algorithm>

#include "arch/arch.hpp"
#include "base/error_text.hpp"
#include "base/font.hpp"
#include "base/fonts.hpp"
#include "base/text.hpp"
#include "loader/core/menu_canvas.hpp"
#include "loader/core/menu_screen.hpp"

namespace lintel::loader {
namespace {

// How often the countdown looks at the clock; nobody sees a tenth of a second.
constexpr std::uint32_t tick = 100;  // milliseconds

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
    if (auto port = arch::SerialPort::open(arch::com1, 115200)) serial_ = *port;
}

void Console::write(std::string_view text) {
    if (serial_) serial_->write(text);
}

void Console::use(std::span<const Display> displays, DirectMap memory) {
    for (const auto& display : displays) {
        auto canvas = Canvas::create(memory.pointer<void>(display.address), Layout::of(display.mode));
        if (!canvas) continue;
        screen_ = *canvas;
        return;
    }
}

const Entry& Console::choose(Menu& menu) {
    draw(menu, MenuChange::all);
    for (;;) {
        auto key = keyboard_->wait(tick);
        MenuChange change = key ? menu.press(*key) : menu.tick(tick);
        if (change == MenuChange::boot) break;
        draw(menu, change);
    }
    if (menu.shows()) TerminalScreen<Console>(*this).leave();
    return menu.selected();
}

void Console::draw(const Menu& menu, MenuChange change) {
    TerminalScreen<Console> terminal(*this);
    draw_change(menu, change, terminal);
    auto font = text_font();
    if (!screen_ || !font) return;
    CanvasScreen canvas(*screen_, *font);
    draw_change(menu, change, canvas);
}

void Console::give_up(const Error& error) {
    TextBuffer<1024> sentence;
    print(sentence, "lintel loader: error: ");
    print_error(sentence, error);
    write(sentence.text());
    write("\n");
    if (screen_) show_error(*screen_, sentence.text());
    arch::disable_interrupts();
    for (;;) arch::wait_for_interrupt();
}

}  // namespace lintel::loader
