// See the header.
#include "runner/project/test_selection.hpp"

#include <fnmatch.h>
#include <glob.h>

#include <algorithm>
#include <charconv>

namespace lintel::runner {

namespace {

std::optional<std::size_t> whole_number(std::string_view text) {
    std::size_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::vector<fs::path> files_for(const std::string& pattern) {
    // A file's name can have brackets in it.
    if (is_file(pattern)) return {pattern};
    std::vector<fs::path> files;
    glob_t found{};
    if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
        for (std::size_t i = 0; i < found.gl_pathc; ++i)
            if (is_file(found.gl_pathv[i])) files.emplace_back(found.gl_pathv[i]);
    ::globfree(&found);
    return files;
}

/// The last `parts` parts of the path, without the suffix.
std::string name_of(const fs::path& file, std::size_t parts) {
    fs::path name = fs::path(file.filename()).replace_extension();
    fs::path folder = file.parent_path();
    for (; parts > 1 && folder.has_filename(); --parts, folder = folder.parent_path()) name = folder.filename() / name;
    return name.string();
}

bool unique(const std::vector<TestKernel>& kernels) {
    std::vector<std::string> names;
    names.reserve(kernels.size());
    for (const TestKernel& kernel : kernels) names.push_back(kernel.name);
    std::ranges::sort(names);
    return std::ranges::adjacent_find(names) == names.end();
}

}  // namespace

Outcome<Shard> parse_shard(std::string_view text) {
    const std::size_t slash = text.find('/');
    auto part = whole_number(text.substr(0, slash));
    auto count = whole_number(slash == std::string_view::npos ? "" : text.substr(slash + 1));
    if (!part || !count || *part < 1 || *part > *count)
        return refuse("--shard {}: must be a part and their number, such as 2/4", text);
    return Shard{*part, *count};
}

Outcome<std::vector<TestKernel>> find_kernels(std::span<const std::string> patterns) {
    std::vector<TestKernel> kernels;
    for (const std::string& pattern : patterns) {
        auto files = files_for(pattern);
        if (files.empty()) return refuse("no kernel is called {}", pattern);
        for (const fs::path& file : files) {
            const fs::path path = fs::absolute(file).lexically_normal();
            if (std::ranges::find(kernels, path, &TestKernel::file) == kernels.end()) kernels.push_back({"", path});
        }
    }
    // Two files of one folder can differ in their suffix alone; then whole paths are the names.
    constexpr std::size_t most_parts = 64;
    for (std::size_t parts = 1; parts <= most_parts; ++parts) {
        for (TestKernel& kernel : kernels) kernel.name = name_of(kernel.file, parts);
        if (unique(kernels)) return kernels;
    }
    for (TestKernel& kernel : kernels) kernel.name = kernel.file.string();
    return kernels;
}

Outcome<std::vector<TestKernel>> filtered(std::vector<TestKernel> kernels, const std::string& pattern) {
    if (pattern.empty()) return kernels;
    const bool is_glob = pattern.find_first_of("*?[") != std::string::npos;
    std::erase_if(kernels, [&](const TestKernel& kernel) {
        return is_glob ? ::fnmatch(pattern.c_str(), kernel.name.c_str(), 0) != 0 : !kernel.name.contains(pattern);
    });
    if (kernels.empty()) return refuse("--filter {}: no kernel has such a name", pattern);
    return kernels;
}

std::vector<TestKernel> part_of(const std::vector<TestKernel>& kernels, Shard shard) {
    std::vector<TestKernel> part;
    for (std::size_t i = shard.part - 1; i < kernels.size(); i += shard.count) part.push_back(kernels[i]);
    return part;
}

}  // namespace lintel::runner
