// limine.conf, from the text to the boot plan and through the menu.
// The input: the text; behind its last zero byte, the screen's size and what is pressed.
#include "loader/core/configuration.hpp"

#include "base/utf8.hpp"
#include "loader/core/editor_screen.hpp"
#include "loader/core/menu.hpp"
#include "loader/core/menu_screen.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lintel::fuzz {
namespace {

using namespace lintel::loader;

/// A screen that is shown nothing but what fits it and cannot command a terminal.
class StrictScreen final : public MenuScreen {
public:
    StrictScreen(std::size_t columns, std::size_t lines) : columns_(columns), lines_(lines) {}
    [[nodiscard]] std::size_t columns() const override { return columns_; }
    [[nodiscard]] std::size_t lines() const override { return lines_; }
    void clear() override {}
    void put(std::size_t line, MenuStyle, std::string_view text) override {
        ensure(line < lines_, "a line is one of the screen's");
        std::size_t used = 0;
        for (; !text.empty(); ++used) {
            char32_t character = take_code_point(text);
            ensure(character >= 0x20 && (character < 0x7f || character >= 0xa0), "no control character is shown");
        }
        ensure(used <= columns_, "a line fits the screen's width");
    }
    void put_at(std::size_t line, std::size_t column, MenuStyle style, std::string_view text) override {
        ensure(column < columns_, "a piece starts within the screen");
        StrictScreen(columns_ - column, lines_).put(line, style, text);
    }

private:
    std::size_t columns_;
    std::size_t lines_;
};

void check_menu(const Menu& menu, MenuScreen& screen) {
    std::size_t rows = menu.row_count();
    ensure(menu.selected_row() < rows, "the selected entry is visible");
    ensure(&menu.row(menu.selected_row()) == &menu.selected(), "the selected row is the selected entry");
    for (std::size_t i = 0; i < rows; ++i) ensure(!menu.row(i).hidden, "what is hidden is not shown");
    draw_menu(menu, screen);
}

/// The keys by their number first, and then characters.
KeyPress key_of(unsigned code) {
    constexpr unsigned key_count = static_cast<unsigned>(Key::text);
    return code < key_count ? KeyPress(static_cast<Key>(code)) : KeyPress::of_byte(static_cast<char>(code));
}

class AnyEntryWillDo final : public EntryJudge {
public:
    Status judge(const Entry& entry) override {
        ensure(!entry.directory && !entry.hidden, "what is to be booted is an entry for this machine");
        return {};
    }
};

void edit(const Configuration& configuration, const Entry& entry, MenuScreen& screen, Input& input) {
    static EntryEditor editor;
    constexpr Platform platform{};
    if (!editor.open(configuration, platform, entry)) return;
    EditorView view;
    AnyEntryWillDo judge;
    auto outcome = EntryEditor::Outcome::edit;
    for (std::byte byte : input.take(64)) {
        view.draw(editor, editor.change(), screen);
        outcome = editor.press(key_of(std::to_integer<unsigned>(byte) % 128), judge);
        ensure(editor.text().cursor_line() < editor.text().line_count(), "the cursor is in one of the lines");
        if (outcome != EntryEditor::Outcome::edit) break;
    }
    if (outcome == EntryEditor::Outcome::boot)
        ensure(editor.entry().title == entry.title, "an edited entry keeps its title");
}

void use_menu(const Configuration& configuration, Input& input) {
    StrictScreen screen(1U + input.number<std::uint8_t>(), 1U + input.number<std::uint8_t>() % 64);
    Menu menu(configuration);
    check_menu(menu, screen);
    for (std::byte byte : input.take(64)) {
        auto code = std::to_integer<unsigned>(byte);
        MenuChange change = code < 128 ? menu.press(key_of(code)) : menu.tick(code * 8);
        draw_change(menu, change, screen);
        check_menu(menu, screen);
        if (change == MenuChange::boot || change == MenuChange::edit)
            ensure(!menu.selected().directory, "a directory is neither booted nor edited");
        if (change == MenuChange::edit) edit(configuration, menu.selected(), screen, input);
    }
}

/// Has whatever volume is asked for.
class AnyVolumes final : public Volumes {
public:
    Result<Volume*> find(const Path& /*path*/) override { return nullptr; }
    std::size_t candidate_count() override { return 0; }
    Result<Volume*> candidate(std::size_t /*index*/) override { return nullptr; }
    void settle_on(std::size_t /*candidate*/) override {}
};

void make_plans(std::span<const Entry> entries) {
    std::array<Module, 4> storage;
    AnyVolumes volumes;
    for (const Entry& entry : entries) {
        List<Module> modules(storage);
        auto plan = plan_for(entry, volumes, modules);
        if (!plan) {
            check_error(plan.error());
            continue;
        }
        ensure(plan->path.starts_with('/'), "a plan's path starts at the volume's root");
        for (const Module& module : plan->modules)
            ensure(module.path.starts_with('/'), "a module's path starts at the volume's root");
    }
}

}  // namespace

void try_input(Bytes input) {
    static ConfigurationStorage storage;
    Input rest(input);
    auto text = copy_of(rest.take_text());
    auto configuration = parse_configuration(as_text(text), {}, storage.room());
    if (!configuration) {
        check_error(configuration.error());
        auto lines = static_cast<std::uint64_t>(std::ranges::count(as_text(text), '\n')) + 1;
        ensure(configuration.error().number <= lines, "an error's line is one of the text's");
        return;
    }
    std::uint32_t deepest = 0;
    for (const Entry& entry : configuration->entries) {
        ensure(entry.depth <= deepest, "an entry is one level below its directory");
        deepest = entry.depth + 1;
    }
    std::array<char, 256> path_room;
    List<char> path(path_room);
    for (std::size_t i = 0; i < configuration->entries.size(); ++i) {
        const Entry& entry = configuration->entries[i];
        if (entry.directory || entry.hidden || !write_entry_path(configuration->entries, i, path)) continue;
        ensure(find_entry(configuration->entries, {path.view().data(), path.size()}) == i,
               "an entry's path leads to it");
    }
    make_plans(configuration->entries);
    use_menu(*configuration, rest);
}

}  // namespace lintel::fuzz
