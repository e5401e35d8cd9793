// The parser: a first pass over the lines collects the macros, a second one expands them and reads titles and options.
// Invariant: every line is a title, an option, a macro, a comment or empty; any other is an error with its number.
#include "loader/core/configuration.hpp"

#include <algorithm>
#include <ranges>

#include "loader/core/ascii.hpp"

namespace lintel::loader {
namespace {

/// The local options that entry.cpp, the menu and this file read.
constexpr auto understood_locals = std::to_array<std::string_view>(
    {"comment", "protocol", "path", "kernel_path", "image_path", "cmdline", "kernel_cmdline", "resolution",
     "module_path", "module_string", "module_cmdline", "if_fw_type", "if_arch", "kaslr", "randomise_hhdm_base",
     "randomize_hhdm_base", "paging_mode", "max_paging_mode", "min_paging_mode"});

constexpr std::string_view blanks = " \t\r";

std::string_view trim_left(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(blanks), text.size()));
}

std::string_view trim(std::string_view text) {
    text = trim_left(text);
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// Takes the first line off `rest`.
std::string_view take_line(std::string_view& rest) {
    std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return trim(line);
}

bool contains(std::span<const std::string_view> names, std::string_view name) {
    return std::ranges::any_of(names, [&](std::string_view other) { return equal_ignoring_case(name, other); });
}

/// The definition in `${NAME}=text`; nothing where the line is something else.
std::optional<Macro> macro_definition(std::string_view line) {
    if (!line.starts_with("${")) return std::nullopt;
    std::size_t close = line.find('}');
    if (close == std::string_view::npos || !line.substr(close + 1).starts_with('=')) return std::nullopt;
    return Macro{line.substr(2, close - 2), line.substr(close + 2)};
}

/// Protocols that need firmware of one kind ("Locally assignable (non protocol specific) options", the second note).
constexpr auto bios_protocols = std::to_array<std::string_view>({"bios", "bios_chainload"});
constexpr auto uefi_protocols = std::to_array<std::string_view>({"efi", "uefi", "efi_chainload", "efi_boot_entry"});

/// Whether an entry is meant for another machine.
bool is_hidden(const Entry& entry, const Platform& platform) {
    if (entry.directory) return false;
    std::string_view protocol = entry.option("protocol").value_or("");
    if (platform.firmware == "UEFI" ? contains(bios_protocols, protocol) : contains(uefi_protocols, protocol))
        return true;
    if (auto firmware = entry.option("if_fw_type"); firmware && !equal_ignoring_case(*firmware, platform.firmware))
        return true;
    auto wanted = entry.option("if_arch");
    if (!wanted) return false;
    for (std::string_view rest = trim(*wanted); !rest.empty();) {
        std::size_t end = std::min(rest.find_first_of(blanks), rest.size());
        if (equal_ignoring_case(rest.substr(0, end), platform.architecture)) return false;
        rest = trim_left(rest.substr(end));
    }
    return true;
}

class Parser {
public:
    Parser(const Platform& platform, const ConfigurationRoom& room)
        : platform_(platform),
          entries_(room.entries),
          options_(room.options),
          macros_(room.macros),
          expanded_(room.expanded),
          ignored_(room.ignored) {}

    Result<Configuration> parse(std::string_view text) {
        TRY(collect_macros(text));
        line_ = 0;
        text_ = text;
        while (!text.empty()) {
            line_start_ = text_.size() - text.size();
            std::string_view line = take_line(text);
            ++line_;
            if (line.empty() || line.starts_with('#') || macro_definition(line)) continue;
            auto expanded = TRY(expand(line));
            TRY(read_line(expanded));
        }
        line_start_ = text_.size();
        finish_entry();
        for (Entry& entry : entries_) entry.hidden = is_hidden(entry, platform_);
        if (entries_.empty()) return fail(ErrorCode::malformed, "the configuration has no entries");
        if (std::ranges::all_of(entries_, &Entry::hidden))
            return fail(ErrorCode::malformed, "the configuration has no entries for this machine");
        configuration_.entries = entries_.view();
        configuration_.macros = macros_.view();
        configuration_.ignored = ignored_.view();
        return configuration_;
    }

    /// The same for what stands below one title, with macros defined elsewhere.
    Result<Configuration> parse_below(std::string_view title, std::span<const Macro> macros, std::string_view text) {
        macros_elsewhere_ = macros;
        one_entry_only_ = entries_.push({.title = title});
        ensure(one_entry_only_, "there is room for one entry");
        return parse(text);
    }

private:
    [[nodiscard]] std::unexpected<Error> wrong(Literal text) const {
        return fail(ErrorCode::malformed, text, {}, line_);
    }
    [[nodiscard]] std::unexpected<Error> too_much(Literal text) const {
        return fail(ErrorCode::out_of_memory, text, {}, line_);
    }

    /// A macro may be used ahead of its definition, and the last definition counts, also over a built-in one.
    Status collect_macros(std::string_view text) {
        while (!text.empty()) {
            std::string_view line = take_line(text);
            ++line_;
            if (line.contains('\0')) return wrong("a zero byte in the configuration, so this is not text, in line");
            auto macro = macro_definition(line);
            if (macro && !macros_.push(*macro)) return too_much("more macros than the loader has room for, in line");
        }
        return {};
    }

    /// What is not defined expands to nothing, as with Limine.
    [[nodiscard]] std::string_view macro(std::string_view name) const {
        for (std::span<const Macro> macros : {macros_.view(), macros_elsewhere_})
            for (const Macro& macro : std::views::reverse(macros))
                if (macro.name == name) return macro.text;
        if (name == "ARCH") return platform_.architecture;
        if (name == "FW_TYPE") return platform_.firmware;
        return {};
    }

    Result<std::string_view> expand(std::string_view line) {
        if (!line.contains("${")) return line;
        std::size_t start = expanded_.size();
        auto append = [&](std::string_view text) {
            return std::ranges::all_of(text, [&](char c) { return expanded_.push(c); });
        };
        constexpr Literal no_room = "the configuration's macros expand to more than there is room for, in line";
        while (!line.empty()) {
            std::size_t open = std::min(line.find("${"), line.size());
            if (!append(line.substr(0, open))) return too_much(no_room);
            line.remove_prefix(open);
            if (line.empty()) break;
            std::size_t close = line.find('}');
            if (close == std::string_view::npos) return wrong("a '${' without its '}' in the configuration, in line");
            if (!append(macro(line.substr(2, close - 2)))) return too_much(no_room);
            line.remove_prefix(close + 1);
        }
        auto result = expanded_.view().subspan(start);
        return trim({result.data(), result.size()});
    }

    Status read_line(std::string_view line) {
        if (line.empty()) return {};
        if (line.starts_with('/')) return read_title(line);
        return read_option(line);
    }

    Status read_title(std::string_view line) {
        if (one_entry_only_) return wrong("an entry cannot be opened within another, which is what happens in line");
        std::size_t slashes = std::min(line.find_first_not_of('/'), line.size());
        line.remove_prefix(slashes);
        Entry entry;
        entry.depth = static_cast<std::uint32_t>(slashes - 1);
        if (line.starts_with('+')) {
            entry.expanded = true;
            line.remove_prefix(1);
        }
        entry.title = trim_left(line);
        if (entry.title.empty()) return wrong("an entry of the configuration has no title, in line");

        finish_entry();
        text_of_entry_ = std::min(text_.find('\n', line_start_), text_.size() - 1) + 1;
        std::uint32_t deepest = entries_.empty() ? 0 : entries_[entries_.size() - 1].depth + 1;
        if (entry.depth > deepest)
            return wrong("a sub-entry of the configuration has no directory that it belongs to, in line");
        if (entry.depth == deepest && !entries_.empty()) entries_[entries_.size() - 1].directory = true;
        if (!entries_.push(entry)) return too_much("more entries than the loader has room for, in line");
        first_option_ = options_.size();
        return {};
    }

    Status read_option(std::string_view line) {
        constexpr Literal old_syntax =
            "the configuration is in the syntax of Limine before version 8 (':' before titles, '=' behind options), in "
            "line";
        std::size_t colon = std::min(line.find(':'), line.size());
        Option option{.name = line.substr(0, colon), .value = {}};
        if (colon == 0 || option.name.contains('=')) return wrong(old_syntax);
        if (colon == line.size())
            return wrong("neither a title nor an option nor a comment in the configuration, in line");
        if (option.name.find_first_of(blanks) != std::string_view::npos)
            return wrong("an option's name is followed by ':' and has no spaces, which is not so in line");
        option.value = trim_left(line.substr(colon + 1)).substr(0, longest_value);

        if (auto global = globals_.read(option.name, option.value, configuration_);
            global != GlobalOptionReader::Outcome::not_global) {
            if (global == GlobalOptionReader::Outcome::wrong_value) ignore(line);
            return {};
        }
        if (entries_.empty() || !contains(understood_locals, option.name)) ignore(option.name);
        if (!entries_.empty() && !options_.push(option))
            return too_much("more options than the loader has room for, in line");
        return {};
    }

    void ignore(std::string_view name) {
        if (contains(ignored_.view(), name)) return;
        // Safe to drop where there is no room: the list only informs.
        static_cast<void>(ignored_.push(name));
    }

    void finish_entry() {
        if (entries_.empty()) return;
        Entry& entry = entries_[entries_.size() - 1];
        entry.options = options_.view().subspan(first_option_);
        entry.text = text_.substr(text_of_entry_, line_start_ - text_of_entry_);
    }

    const Platform& platform_;
    List<Entry> entries_;
    List<Option> options_;
    List<Macro> macros_;
    List<char> expanded_;
    List<std::string_view> ignored_;
    Configuration configuration_{};
    GlobalOptionReader globals_{};
    std::span<const Macro> macros_elsewhere_{};
    bool one_entry_only_ = false;
    std::size_t first_option_ = 0;
    std::string_view text_{};
    std::size_t line_start_ = 0;     // in text_
    std::size_t text_of_entry_ = 0;  // where in text_ the line behind the entry's title starts
    std::uint64_t line_ = 0;
};

}  // namespace

bool is_known_option(std::string_view name) { return contains(understood_locals, name) || is_global_option(name); }

Result<Configuration> parse_configuration(std::string_view text, const Platform& platform, ConfigurationRoom room) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    return Parser(platform, room).parse(text);
}

Result<Configuration> parse_edited(const Configuration& configuration, const Entry& original, std::string_view text,
                                   const Platform& platform, ConfigurationRoom room) {
    return Parser(platform, room).parse_below(original.title, configuration.macros, text);
}

}  // namespace lintel::loader
