// One entry of the boot menu with its local options, and what is to be booted for it.
// Invariant: names of options are compared without regard to case, and the first of several wins, as with Limine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/list.hpp"
#include "base/result.hpp"
#include "loader/core/boot.hpp"

namespace lintel::loader {

/// Values are cut at this (CONFIG.md, "Options").
inline constexpr std::size_t longest_value = 4095;

struct Option {
    std::string_view name;  // as it was written; compared without regard to case
    std::string_view value;
};

struct Entry {
    std::string_view title;
    std::uint32_t depth = 0;  // number of directories around it
    bool directory = false;   // a sub-entry follows
    bool expanded = false;    // shown open; the menu changes it
    bool hidden = false;      // not for this firmware or architecture
    std::span<const Option> options{};
    std::string_view text{};  // the lines behind the title, as they stand in the file

    /// The value of the first option called `name`.
    [[nodiscard]] std::optional<std::string_view> option(std::string_view name) const;
};

/// The entry's index that `default_entry` names as a path: `Directory/Entry`, with '\' before a literal '/', '\' or
/// '#', and `#N` for the Nth (from 0) of several siblings with one title. Directories and hidden entries are not found.
std::optional<std::size_t> find_entry(std::span<const Entry> entries, std::string_view path);

/// Room for what write_entry_path() writes, but for absurd titles.
inline constexpr std::size_t longest_entry_path = 1024;

/// Writes the path by which find_entry() finds `entries[index]`, into `path`; false where it does not fit.
bool write_entry_path(std::span<const Entry> entries, std::size_t index, List<char>& path);

/// `<width>x<height>` or `<width>x<height>x<bpp>`.
Result<Resolution> parse_resolution(std::string_view text);

/// What is to be booted for `entry`, from which of `volumes`; its modules are put in `modules`. Says what it is that
/// this loader cannot do.
Result<BootPlan> plan_for(const Entry& entry, Volumes& volumes, List<Module>& modules);

}  // namespace lintel::loader
