// See the header. The configuration is read with the loader's own parser, so that both agree on what the default entry
// is.
#include "runner/image/boot_volume.hpp"

#include <algorithm>
#include <memory>

#include "base/error_text.hpp"
#include "loader/core/configuration.hpp"
#include "loader/core/menu.hpp"

namespace lintel::runner {

namespace {

bool mentions_init(std::string_view command_line) {
    return command_line.starts_with("init=") || command_line.contains(" init=");
}

std::string path_of_module(const fs::path& module) {
    return fmt::format("{}/{}", module_folder, module.filename().string());
}

}  // namespace

std::vector<VolumeFile> files_of(const BootVolume& volume) {
    std::vector<VolumeFile> files = {{configuration_path, volume.configuration}, {kernel_path, volume.kernel}};
    for (const fs::path& module : volume.modules) files.push_back({path_of_module(module), module});
    files.insert(files.end(), volume.others.begin(), volume.others.end());
    return files;
}

Outcome<std::string> with_additions(const std::string& text, const Additions& additions) {
    auto storage = std::make_unique<loader::ConfigurationStorage>();
    auto configuration = loader::parse_configuration(text, {}, storage->room());
    if (!configuration) {
        TextBuffer<512> sentence;
        print_error(sentence, configuration.error());
        return refuse("the configuration cannot be added to: {}", sentence.text());
    }
    const loader::Entry& entry = loader::Menu(*configuration).selected();

    // The first value of an option wins; so the additions go ahead of what is there, right behind the title. A title
    // that came out of a macro is not in the text.
    if (entry.title.data() < text.data() || entry.title.data() >= text.data() + text.size())
        return refuse("the configuration cannot be added to: the default entry's title uses a macro");
    const std::string_view before =
        entry.option("cmdline").or_else([&] { return entry.option("kernel_cmdline"); }).value_or("");
    std::vector<std::string_view> words;
    if (!before.empty()) words.push_back(before);
    if (!additions.command_line.empty()) words.emplace_back(additions.command_line);
    if (additions.halt && entry.option("protocol") == "limine" && std::ranges::none_of(words, mentions_init))
        words.emplace_back("init=halt");
    std::string lines = "\n";
    if (words.size() > (before.empty() ? 0U : 1U)) lines += fmt::format("cmdline: {}\n", fmt::join(words, " "));
    for (const fs::path& module : additions.modules)
        lines += fmt::format("module_path: boot():/{}\n", path_of_module(module));
    lines.pop_back();

    std::string result = text;
    std::size_t end_of_title = text.find_first_of("\r\n", static_cast<std::size_t>(entry.title.data() - text.data()));
    result.insert(std::min(end_of_title, text.size()), lines);
    return result;
}

}  // namespace lintel::runner
