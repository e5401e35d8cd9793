#include "kernel/console/console.hpp"

#include <array>
#include <new>
#include <optional>

#include "base/fonts.hpp"
#include "kernel/console/painter.hpp"
#include "kernel/console/terminal_text.hpp"
#include "kernel/log.hpp"
#include "protocol/limine.hpp"

namespace lintel {
namespace {

/// A framebuffer, and the text on it. It stays where it was made.
class Screen {
public:
    /// `cells` are twice as many as the size says: what is to be seen, and what is.
    Screen(const Canvas& canvas, const Font& font, Painter::Size size, std::span<Cell> cells)
        : canvas_(canvas),
          grid_(cells.first(cells.size() / 2), size.columns, size.rows, TextColours().now()),
          text_(grid_),
          painter_(canvas, font, size, cells.last(cells.size() / 2), grid_.row(0).front()) {}
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    Canvas& canvas() { return canvas_; }
    void clear() { canvas_.fill({0, 0, canvas_.width(), canvas_.height()}, TextColours::usual_background); }
    void write(std::string_view text) { text_.write(text); }
    void paint() { painter_.paint(grid_); }
    void hide_cursor() { grid_.show_cursor(false); }

private:
    Canvas canvas_;
    Grid grid_;
    TerminalText text_;
    Painter painter_;
};

constinit std::array<std::optional<Screen>, 4> screens{};
constinit std::optional<Font> font{};
constinit bool shown = false;

Status open_screen(std::optional<Screen>& screen, const limine::Framebuffer& framebuffer) {
    // Safety: the loader maps the framebuffer that it describes (PROTOCOL.md, "Framebuffer Feature"), and open_memory()
    // does so at the same place.
    const Canvas canvas = TRY(Canvas::create(framebuffer.address, Layout::of(framebuffer)));
    const Painter::Size size = Painter::size_for(canvas, *font);
    if (size.columns == 0 || size.rows == 0)
        return fail(ErrorCode::unsupported, "a framebuffer is too small for a character");
    // For good.
    const std::size_t count = std::size_t{2} * size.columns * size.rows;
    auto* const cells = new (std::nothrow) Cell[count];
    if (cells == nullptr) return fail(ErrorCode::out_of_memory, "there is no memory for a screen's characters");
    screen.emplace(canvas, *font, size, std::span(cells, count));
    return {};
}

template <class Act>
void for_each_screen(Act act) {
    for (auto& screen : screens)
        if (screen) act(*screen);
}

void write(void* /*context*/, std::string_view text) {
    for_each_screen([&](Screen& screen) { screen.write(text); });
}

void paint(void* /*context*/) {
    for_each_screen([](Screen& screen) { screen.paint(); });
}

void show(Earlier earlier) {
    shown = true;
    add_log_output({write, paint, nullptr, LogOutput::Colours::ansi}, earlier);
}

}  // namespace

void open_screens() {
    const auto* response = limine::request<limine::Framebuffers>.response();
    if (response == nullptr || response->view().empty()) return log("screen: the loader hands over no framebuffer");
    auto parsed = Font::parse(fonts::text());
    if (!parsed) return log_error("screen: {}", parsed.error().text);
    font = *parsed;
    auto* next = screens.begin();
    for (const limine::Framebuffer* framebuffer : response->view()) {
        if (next == screens.end()) return log_warning("screen: only the first {} are used", screens.size());
        if (const Status opened = open_screen(*next, *framebuffer))
            ++next;
        else
            log_warning("screen: {}", opened.error().text);
    }
}

Canvas* first_canvas() { return screens[0] ? &screens[0]->canvas() : nullptr; }

void show_log_on_screens() {
    if (shown) return;
    for_each_screen([](Screen& screen) { screen.clear(); });
    show(Earlier::repeat);
}

void show_panic_on_screens() {
    for_each_screen([](Screen& screen) { screen.hide_cursor(); });
    if (!shown) show(Earlier::drop);
}

void write_to_screens(std::string_view text) {
    if (!shown) return;
    write(nullptr, text);
    paint(nullptr);
}

}  // namespace lintel
