// See the header.
#include "runner/project/settings.hpp"

#include <ranges>

#include "runner/host/suggestion.hpp"

namespace lintel::runner {

namespace {

using Layer = std::map<std::string, FileValue, std::less<>>;

Outcome<const Section*> profile_of(const ProjectFile* file, const std::string& name) {
    if (name.empty()) return nullptr;
    if (file == nullptr)
        return refuse("there is no profile {}: no {} here or in a folder above", name, project_file_name);
    auto found = file->profiles.find(name);
    if (found != file->profiles.end()) return &found->second;
    std::vector<std::string_view> known;
    for (const auto& other : file->profiles | std::views::keys) known.emplace_back(other);
    auto nearest = suggestion(name, known);
    return refuse("there is no profile {} in {}{}", name, file->path.string(),
                  nearest ? fmt::format("; did you mean {}?", *nearest) : "");
}

void take(std::vector<Value>& values, const Layer& layer, const Key& key, Source source) {
    auto found = layer.find(key.name);
    if (found != layer.end()) values.push_back({found->second.words, source, found->second.place});
}

void take(std::vector<Value>& values, const Section* section, const Key& key, Source source, bool test) {
    if (section == nullptr) return;
    if (!key.test) take(values, section->plain, key, source);
    if (key.test || (test && find_key(key.name, true) == nullptr)) take(values, section->test, key, source);
}

/// Lists are split at the characters that a shell's own lists use: words at spaces, paths at colons.
std::vector<std::string> split(const std::string& text, Kind kind) {
    if (!is_list(kind)) return {text};
    std::vector<std::string> words;
    for (auto part : std::views::split(text, kind == Kind::texts ? ' ' : ':'))
        if (!part.empty()) words.emplace_back(part.begin(), part.end());
    return words;
}

Outcome<void> take_variable(std::vector<Value>& values, const Request& request, const Key& key) {
    const std::string variable = key.variable();
    auto text = request.environment ? request.environment(variable) : std::nullopt;
    if (!text) return {};
    Value value{split(*text, key.kind), Source::environment, variable};
    for (const std::string& word : value.words)
        if (auto bad = complaint(key, word)) return refuse("{}={}: {} {}", variable, *text, key.full_name(), *bad);
    values.push_back(std::move(value));
    return {};
}

}  // namespace

std::string_view name_of(Source source) {
    constexpr std::string_view names[] = {"default", "file", "profile", "environment", "flag"};
    return names[static_cast<std::size_t>(source)];
}

std::vector<std::string> Setting::words() const {
    std::vector<std::string> all;
    for (const Value& value : values) all.insert(all.end(), value.words.begin(), value.words.end());
    return all;
}

Outcome<std::vector<Setting>> settle(const Request& request) {
    const Section* profile = TRY(profile_of(request.file, request.profile));
    std::vector<Setting> settings;
    for (const Key& key : keys()) {
        std::vector<Value> values;
        if (!key.standard.empty()) values.push_back({{std::string(key.standard)}, Source::standard, ""});
        take(values, request.file != nullptr ? &request.file->base : nullptr, key, Source::file, request.test);
        take(values, profile, key, Source::profile, request.test);
        TRY(take_variable(values, request, key));
        if (auto typed = request.flag ? request.flag(key) : std::vector<std::string>{}; !typed.empty())
            values.push_back({typed, Source::flag, std::string(key.option.empty() ? "--" : key.option)});
        if (!adds_up(key.kind) && values.size() > 1) values.erase(values.begin(), values.end() - 1);
        settings.push_back({&key, std::move(values)});
    }
    return settings;
}

}  // namespace lintel::runner
