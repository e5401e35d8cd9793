// See the header. A leading dot in a file's name would hide the file from who packs the template; so ".gitignore" is
// "gitignore" there.
#include "runner/scaffold/scaffold.hpp"

#include <algorithm>

#include "runner/image/staging.hpp"

namespace lintel::runner {

namespace {

constexpr std::size_t longest_name = 64;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string filled_in(std::string text, const std::string& name) {
    constexpr std::string_view place = "@NAME@";
    for (std::size_t at = text.find(place); at != std::string::npos; at = text.find(place, at + name.size()))
        text.replace(at, place.size(), name);
    return text;
}

Outcome<void> fill(const fs::path& pattern, const fs::path& folder, const std::string& name) {
    for (const VolumeFile& file : TRY(files_below(pattern))) {
        const fs::path path = folder / (file.path == "gitignore" ? ".gitignore" : file.path);
        TRY(make_folders(path.parent_path()));
        const std::string text = TRY(read_file(file.source, "the template"));
        TRY(write_file(path, filled_in(text, name)));
    }
    return {};
}

}  // namespace

std::optional<std::string> complaint_about_name(std::string_view name) {
    if (name.empty() || !is_letter(name[0])) return "must start with a letter";
    if (!std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; }))
        return "can have letters, digits, - and _ only";
    if (name.size() > longest_name) return fmt::format("can have {} characters at most", longest_name);
    return std::nullopt;
}

Outcome<void> make_project(const fs::path& pattern, const fs::path& target) {
    const std::string name = target.filename();
    if (auto complaint = complaint_about_name(name)) return refuse("a project's name {}: {}", *complaint, name);
    std::error_code error;
    if (fs::symlink_status(target, error).type() != fs::file_type::not_found)
        return refuse("{} is there already; choose another name", target.string());
    if (!is_folder(target.parent_path()))
        return refuse("cannot make {}: there is no folder {}", target.string(), target.parent_path().string());
    if (!is_folder(pattern)) return refuse("the template {} is missing; install Lintel again", pattern.string());
    Pending pending(target);
    TRY(fill(pattern, pending.path(), name));
    return pending.commit();
}

}  // namespace lintel::runner
