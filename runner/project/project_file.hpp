// lintel.toml: what a project says about its kernel and its machine.
// Invariant: every value in a ProjectFile is one that its key allows, and every path in it is absolute.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/host/files.hpp"

namespace lintel::runner {

inline constexpr const char* project_file_name = "lintel.toml";

struct FileValue {
    std::vector<std::string> words;  // one, or those of a list
    std::string place;               // "/home/you/kernel/lintel.toml:3"
};

/// The keys of one part of the file, by name.
struct Section {
    std::map<std::string, FileValue, std::less<>> plain{};
    std::map<std::string, FileValue, std::less<>> test{};  // those in its table `test`
};

struct ProjectFile {
    fs::path path;
    Section base{};
    std::map<std::string, Section, std::less<>> profiles{};
};

/// A failure is one sentence that starts with the file, the line and the column.
Outcome<ProjectFile> parse_project(std::string_view text, const fs::path& path);

/// The file in `folder` or the nearest folder above it; nothing where there is none.
std::optional<fs::path> find_project_file(const fs::path& folder);

Outcome<ProjectFile> read_project(const fs::path& path);

}  // namespace lintel::runner
