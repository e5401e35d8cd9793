// `lintel config`: every setting that holds here, and who said so.
// Invariant: it takes the flags of the other commands and settles them as they do, so that its answer is theirs.
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "runner/cli/command_line.hpp"

namespace lintel::runner {

namespace {

enum class ConfigFormat { text, json };

/// "profile smp, lintel.toml:3": the file's folder stands in the first line.
std::string origin(const CommandLine& line, const Value& value) {
    if (value.source == Source::standard) return "default";
    std::string place = value.place;
    if (line.project && (value.source == Source::file || value.source == Source::profile))
        place.erase(0, line.project->path.parent_path().string().size() + 1);
    return value.source == Source::profile ? fmt::format("profile {}, {}", line.profile, place) : place;
}

std::string text_of(const CommandLine& line, const Palette& palette) {
    constexpr std::string_view nothing = "-";
    std::size_t width = nothing.size();
    for (const Setting& setting : line.settings)
        for (const std::string& word : setting.words()) width = std::max(width, word.size());
    std::string text = fmt::format("{:<16}{}\n", "project file", line.project ? line.project->path.string() : "none");
    if (!line.profile.empty()) text += fmt::format("{:<16}{}\n", "profile", line.profile);
    for (const Setting& setting : line.settings) {
        std::string name = setting.key->full_name();
        if (setting.words().empty()) text += fmt::format("{:<16}{}\n", name, palette.paint(Tone::faint, nothing));
        for (const Value& value : setting.values)
            for (const std::string& word : value.words) {
                text += fmt::format("{:<16}{:<{}}  {}\n", name, word, width,
                                    palette.paint(Tone::faint, origin(line, value)));
                name.clear();
            }
    }
    return text;
}

std::string json_of(const CommandLine& line) {
    nlohmann::ordered_json settings = nlohmann::ordered_json::object();
    for (const Setting& setting : line.settings) {
        nlohmann::ordered_json from = nlohmann::ordered_json::array();
        for (const Value& value : setting.values)
            from.push_back({{"source", name_of(value.source)}, {"place", value.place}, {"words", value.words}});
        const auto words = setting.words();
        nlohmann::ordered_json value = nullptr;
        if (is_list(setting.key->kind))
            value = words;
        else if (!words.empty())
            value = words.front();
        settings[setting.key->full_name()] = {{"value", value}, {"from", from}};
    }
    nlohmann::ordered_json all = {{"project", nullptr}, {"profile", nullptr}, {"settings", settings}};
    if (line.project) all["project"] = line.project->path.string();
    if (!line.profile.empty()) all["profile"] = line.profile;
    // A file's name can hold bytes that are no UTF-8, which JSON cannot.
    return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

void add_config(CommandLine& line) {
    CLI::App& config = *line.app.add_subcommand("config", "each setting that holds here, and where it comes from");
    config.footer("Example: lintel config --profile smp --memory 2G");
    struct Wanted {
        ConfigFormat format = ConfigFormat::text;
        ImageOptions image{};
        MachineOptions machine{};
        double timeout = 0;
    };
    auto wanted = std::make_shared<Wanted>();
    add_choice(config, "--format", wanted->format, {{"text", ConfigFormat::text}, {"json", ConfigFormat::json}},
               "text or json");
    config.add_option("--timeout", wanted->timeout, "as for run")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.0, longest_timeout));
    add_image_options(config, wanted->image);
    add_machine_options(config, wanted->machine);
    config.final_callback([&line, wanted] {
        line.chosen = [&line, wanted](const Project&) -> Outcome<Exit> {
            fmt::print("{}", wanted->format == ConfigFormat::json ? json_of(line) : text_of(line, line.palette(1)));
            return Exit::success;
        };
    });
}

}  // namespace lintel::runner
