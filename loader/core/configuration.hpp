// limine.conf, parsed (CONFIG.md): global options and the tree of menu entries, in room that the caller gives.
// Invariant: the entries stand in the file's order, so a directory's sub-entries follow it, each one level deeper at
// most; every view points into the file's text or the caller's room, and both outlive the Configuration.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "loader/core/entry.hpp"
#include "loader/core/global_options.hpp"

namespace lintel::loader {

/// What `${NAME}` stands for.
struct Macro {
    std::string_view name;
    std::string_view text;
};

/// The machine, as the configuration sees it ("Built-in macros", `if_arch`, `if_fw_type`).
struct Platform {
    std::string_view architecture = "x86-64";
    std::string_view firmware = "UEFI";
};

struct Configuration : GlobalOptions {
    std::span<Entry> entries{};
    std::span<const Macro> macros{};
    std::span<const std::string_view> ignored{};  // options, or lines with them, that mean nothing here; each once
};

/// The room for a Configuration. What does not fit is an error, except for `ignored`, which only informs.
struct ConfigurationRoom {
    std::span<Entry> entries;
    std::span<Option> options;
    std::span<Macro> macros;
    std::span<char> expanded;  // lines that use macros, after expansion
    std::span<std::string_view> ignored;
};

/// Room enough for any configuration that a person writes by hand.
struct ConfigurationStorage {
    std::array<Entry, 256> entries;
    std::array<Option, 2048> options;
    std::array<Macro, 128> macros;
    std::array<char, 65536> expanded;
    std::array<std::string_view, 64> ignored;

    [[nodiscard]] ConfigurationRoom room() { return {entries, options, macros, expanded, ignored}; }
};

/// Whether an option of this name, local or global, means anything here.
bool is_known_option(std::string_view name);

/// Parses the file's `text`. An error's number is the line that it is about.
Result<Configuration> parse_configuration(std::string_view text, const Platform& platform, ConfigurationRoom room);

/// Parses `text` as what stands below the title of `original`, an entry of `configuration`, whose macros it may use.
/// What comes back has that one entry. An error's number is the line of `text` that it is about.
Result<Configuration> parse_edited(const Configuration& configuration, const Entry& original, std::string_view text,
                                   const Platform& platform, ConfigurationRoom room);

}  // namespace lintel::loader
