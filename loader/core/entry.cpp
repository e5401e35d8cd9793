// Finding an entry by its path, and turning one into what is to be booted.
// Invariant: a plan is complete, or its absence is explained by a sentence that names the option at fault.
#include "loader/core/entry.hpp"

#include <algorithm>
#include <initializer_list>
#include <ranges>

#include "base/text.hpp"
#include "loader/core/ascii.hpp"
#include "loader/core/path.hpp"

namespace lintel::loader {
namespace {

/// One directory's or entry's name in a path of `default_entry`.
struct Component {
    std::string_view escaped;     // with its '\'
    std::uint32_t duplicate = 0;  // how many siblings with the same title to pass over
};

/// The number behind a '#' that ends a component; nothing where the '#' belongs to the title.
std::optional<std::uint32_t> duplicate_suffix(std::string_view behind_pound) {
    std::size_t end = std::min(behind_pound.find('/'), behind_pound.size());
    return parse_decimal(behind_pound.substr(0, end));
}

/// Takes the first component and the '/' behind it off `path`.
Component take_component(std::string_view& path) {
    Component component;
    std::size_t end = 0;
    while (end < path.size() && path[end] != '/') {
        if (path[end] == '#') {
            if (auto duplicate = duplicate_suffix(path.substr(end + 1))) {
                component.duplicate = *duplicate;
                break;
            }
        }
        end += path[end] == '\\' && end + 1 < path.size() ? 2 : 1;
    }
    component.escaped = path.substr(0, end);
    path.remove_prefix(std::min(path.find('/', end), path.size() - 1) + 1);
    return component;
}

bool equals_unescaped(std::string_view title, std::string_view escaped) {
    while (!escaped.empty() && !title.empty()) {
        if (escaped.front() == '\\' && escaped.size() > 1) escaped.remove_prefix(1);
        if (escaped.front() != title.front()) return false;
        escaped.remove_prefix(1);
        title.remove_prefix(1);
    }
    return escaped.empty() && title.empty();
}

Result<arch::Levels> parse_paging_mode(std::string_view text) {
    if (equal_ignoring_case(text, "4level")) return arch::Levels::four;
    if (equal_ignoring_case(text, "5level")) return arch::Levels::five;
    return fail(ErrorCode::malformed, "a paging mode is 4level or 5level, not", text);
}

/// The option that sets both limits goes before those that set one.
Result<PagingLimits> paging_limits(const Entry& entry) {
    PagingLimits limits;
    auto both = entry.option("paging_mode");
    if (auto lowest = both ? both : entry.option("min_paging_mode")) limits.lowest = TRY(parse_paging_mode(*lowest));
    if (auto highest = both ? both : entry.option("max_paging_mode")) limits.highest = TRY(parse_paging_mode(*highest));
    if (limits.highest < limits.lowest)
        return fail(ErrorCode::malformed, "max_paging_mode is below min_paging_mode", entry.title);
    return limits;
}

/// The value of the first of these options that `entry` has.
std::optional<std::string_view> any_option(const Entry& entry, std::initializer_list<std::string_view> names) {
    for (std::string_view name : names)
        if (auto value = entry.option(name)) return value;
    return std::nullopt;
}

Result<BootProtocol> parse_protocol(std::string_view text) {
    if (text == "limine") return BootProtocol::limine;
    if (text == "efi" || text == "uefi" || text == "efi_chainload") return BootProtocol::efi;
    return fail(ErrorCode::unsupported, "this loader does not speak the protocol", text);
}

/// A module_string belongs to the module_path before it.
Status collect_modules(const Entry& entry, Volumes& volumes, List<Module>& modules) {
    bool has_string = true;
    for (const Option& option : entry.options) {
        if (equal_ignoring_case(option.name, "module_path")) {
            Path file = TRY(parse_path(option.value));
            Volume* volume = TRY(volumes.find(file));
            Module module{.path = file.path,
                          .string = {},
                          .hash = file.hash,
                          .volume = volume,
                          .gzip = file.gzip,
                          .name = file.without_hash()};
            if (!modules.push(module))
                return fail(ErrorCode::out_of_memory, "this entry has more modules than the loader has room for",
                            entry.title);
            has_string = false;
        } else if (equal_ignoring_case(option.name, "module_string") ||
                   equal_ignoring_case(option.name, "module_cmdline")) {
            if (!has_string) modules[modules.size() - 1].string = option.value;
            has_string = true;
        }
    }
    return {};
}

}  // namespace

std::optional<std::string_view> Entry::option(std::string_view name) const {
    for (const Option& option : options)
        if (equal_ignoring_case(option.name, name)) return option.value;
    return std::nullopt;
}

std::optional<std::size_t> find_entry(std::span<const Entry> entries, std::string_view path) {
    std::size_t at = 0;
    for (std::uint32_t depth = 0; !path.empty(); ++depth) {
        Component wanted = take_component(path);
        bool last = path.empty();
        std::uint32_t to_pass = wanted.duplicate;
        // Siblings end where the level above goes on.
        for (;; ++at) {
            if (at == entries.size() || entries[at].depth < depth) return std::nullopt;
            const Entry& entry = entries[at];
            if (entry.depth != depth || entry.hidden || !equals_unescaped(entry.title, wanted.escaped)) continue;
            if (to_pass == 0 && entry.directory != last) break;
            // A namesake of the other kind takes a number as well.
            if (to_pass > 0) --to_pass;
        }
        if (last) return at;
        ++at;
    }
    return std::nullopt;
}

/// The path's components come from the innermost entry outwards, and are put in front of each other.
bool write_entry_path(std::span<const Entry> entries, std::size_t index, List<char>& path) {
    path.clear();
    for (bool innermost = true;; innermost = false) {
        const Entry& entry = entries[index];
        std::size_t first = index;  // among the siblings
        std::uint32_t namesakes = 0;
        while (first > 0 && entries[first - 1].depth >= entry.depth) {
            --first;
            const Entry& sibling = entries[first];
            if (sibling.depth == entry.depth && !sibling.hidden && sibling.title == entry.title) ++namesakes;
        }
        TextBuffer<16> number;
        if (namesakes > 0) print(number, "#{}", namesakes);
        if (!innermost && !path.insert(0, '/')) return false;
        for (char c : std::views::reverse(number.text()))
            if (!path.insert(0, c)) return false;
        for (char c : std::views::reverse(entry.title)) {
            bool escaped = c == '/' || c == '\\' || c == '#';
            if (!path.insert(0, c) || (escaped && !path.insert(0, '\\'))) return false;
        }
        if (first == 0) return true;
        index = first - 1;
    }
}

Result<Resolution> parse_resolution(std::string_view text) {
    auto wrong = fail(ErrorCode::malformed, "a resolution is WIDTHxHEIGHT or WIDTHxHEIGHTxBPP, not", text);
    std::array<std::uint32_t, 3> numbers{0, 0, 32};
    std::string_view rest = text;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        std::size_t end = std::min(rest.find('x'), rest.size());
        auto number = parse_decimal(rest.substr(0, end));
        if (!number || *number == 0) return wrong;
        numbers[i] = *number;
        if (end == rest.size()) {
            if (i == 0 || numbers[2] > UINT8_MAX) return wrong;
            return Resolution{numbers[0], numbers[1], static_cast<std::uint16_t>(numbers[2])};
        }
        rest.remove_prefix(end + 1);
    }
    return wrong;
}

Result<BootPlan> plan_for(const Entry& entry, Volumes& volumes, List<Module>& modules) {
    if (entry.directory) return fail(ErrorCode::malformed, "a directory of entries cannot be booted", entry.title);
    auto protocol = entry.option("protocol");
    if (!protocol) return fail(ErrorCode::malformed, "the entry has no option 'protocol'", entry.title);
    BootProtocol spoken = TRY(parse_protocol(*protocol));

    auto path = any_option(entry, {"path", spoken == BootProtocol::efi ? "image_path" : "kernel_path"});
    if (!path) return fail(ErrorCode::malformed, "the entry has no option 'path'", entry.title);

    Path file = TRY(parse_path(*path));
    BootPlan plan{.volume = TRY(volumes.find(file)),
                  .path = file.path,
                  .command_line = any_option(entry, {"cmdline", "kernel_cmdline"}).value_or(""),
                  .hash = file.hash,
                  .gzip = file.gzip,
                  .name = file.without_hash(),
                  .protocol = spoken};
    if (auto resolution = entry.option("resolution")) plan.resolution = TRY(parse_resolution(*resolution));
    if (spoken == BootProtocol::efi) return plan;
    plan.kaslr = entry.option("kaslr") == "yes";
    auto randomise_hhdm = any_option(entry, {"randomise_hhdm_base", "randomize_hhdm_base"});
    plan.randomise_hhdm = randomise_hhdm ? *randomise_hhdm == "yes" : plan.kaslr;
    plan.paging = TRY(paging_limits(entry));
    modules.clear();
    TRY(collect_modules(entry, volumes, modules));
    plan.modules = modules.view();
    return plan;
}

}  // namespace lintel::loader
