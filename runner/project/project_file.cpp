// See the header. The grammar is toml++'s business (TOML 1.0); what the keys mean is decided here.
#include "runner/project/project_file.hpp"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>

#include "runner/host/suggestion.hpp"
#include "runner/project/keys.hpp"

namespace lintel::runner {

namespace {

// What people call things that have another name here.
constexpr std::pair<std::string_view, std::string_view> other_names[] = {
    {"processors", "cpus"},     {"smp", "cpus"},         {"configuration", "config"}, {"qemu", "qemu-args"},
    {"qemu_args", "qemu-args"}, {"args", "qemu-args"},   {"accelerator", "accel"},    {"module", "modules"},
    {"ram", "memory"},          {"profiles", "profile"}, {"tests", "test"},           {"kernel_cmdline", "cmdline"},
};

class Reader {
public:
    explicit Reader(const fs::path& path) : path_(path), folder_(path.parent_path()) {}

    Outcome<ProjectFile> read(const toml::table& table) {
        ProjectFile file{.path = path_};
        file.base = TRY(section(table, Part::base));
        const toml::node* profiles = table.get("profile");
        if (profiles == nullptr) return file;
        for (const Entry& entry : TRY(entries(*profiles, "profile"))) {
            if (!entry.node->is_table()) return wrong(entry.node->source().begin, "[profile.NAME] must be a table");
            file.profiles[entry.name] = TRY(section(*entry.node->as_table(), Part::profile));
        }
        return file;
    }

    std::unexpected<Failure> wrong(const toml::source_position& at, std::string_view what) const {
        return refuse("{}:{}:{}: {}", path_.string(), at.line, at.column, what);
    }

private:
    enum class Part { base, profile, test };
    struct Entry {
        std::string name;
        toml::source_position at;
        const toml::node* node;
    };

    /// In the order of the file, so that the first mistake is the one that is named.
    Outcome<std::vector<Entry>> entries(const toml::node& node, std::string_view name) const {
        if (!node.is_table()) return wrong(node.source().begin, fmt::format("[{}] must be a table", name));
        std::vector<Entry> result;
        for (const auto& [key, value] : *node.as_table())
            result.push_back({std::string(key.str()), key.source().begin, &value});
        std::ranges::sort(result, [](const Entry& a, const Entry& b) {
            return std::pair(a.at.line, a.at.column) < std::pair(b.at.line, b.at.column);
        });
        return result;
    }

    Outcome<Section> section(const toml::table& table, Part part) {
        Section result;
        for (const Entry& entry : TRY(entries(table, "profile"))) {
            if (part == Part::base && entry.name == "profile") continue;
            if (entry.name == "test") {
                for (const Entry& inner : TRY(entries(*entry.node, "test"))) TRY(take(result.test, inner, Part::test));
            } else {
                TRY(take(result.plain, entry, part));
            }
        }
        return result;
    }

    Outcome<void> take(std::map<std::string, FileValue, std::less<>>& into, const Entry& entry, Part part) {
        const Key* key = part == Part::test ? find_key(entry.name, true) : nullptr;
        if (key == nullptr) key = find_key(entry.name, false);
        if (key == nullptr) return wrong(entry.at, unknown(entry.name, part));
        FileValue value{.words = {}, .place = fmt::format("{}:{}", path_.string(), entry.at.line)};
        if (const toml::array* list = entry.node->as_array(); list != nullptr && is_list(key->kind)) {
            for (const toml::node& node : *list) value.words.push_back(TRY(word(*key, node)));
        } else {
            value.words.push_back(TRY(word(*key, *entry.node)));
        }
        into[std::string(entry.name)] = std::move(value);
        return {};
    }

    /// The value as text; nothing where it is of another kind than the key's.
    static std::optional<std::string> text_of(const Key& key, const toml::node& node) {
        if (key.kind != Kind::number && key.kind != Kind::seconds) {
            const auto* string = node.as_string();
            return string != nullptr ? std::optional(string->get()) : std::nullopt;
        }
        if (const auto* whole = node.as_integer()) return fmt::format("{}", whole->get());
        const auto* real = key.kind == Kind::seconds ? node.as_floating_point() : nullptr;
        return real != nullptr ? std::optional(fmt::format("{}", real->get())) : std::nullopt;
    }

    Outcome<std::string> word(const Key& key, const toml::node& node) const {
        const auto text = text_of(key, node);
        if (!text) return wrong(node.source().begin, fmt::format("{} {}", key.full_name(), expectation(key)));
        if (auto bad = complaint(key, *text))
            return wrong(node.source().begin, fmt::format("{} {}", key.full_name(), *bad));
        const bool is_path = key.kind == Kind::path || key.kind == Kind::paths || key.kind == Kind::globs;
        return is_path ? (folder_ / *text).lexically_normal().string() : *text;
    }

    static std::string expectation(const Key& key) {
        if (key.kind == Kind::text) return "must be a text in quotation marks";
        if (key.kind == Kind::path) return "must be a path in quotation marks";
        if (is_list(key.kind)) return "must be a list of texts, such as [\"one\", \"two\"]";
        return complaint(key, "").value_or("has the wrong type");
    }

    static std::string unknown(const std::string& name, Part part) {
        if (part != Part::test && find_key(name, true) != nullptr)
            return fmt::format("there is no key {} here; it belongs in [test]", name);
        std::vector<std::string_view> known;
        for (const Key& key : keys())
            if (!key.test || part == Part::test) known.push_back(key.name);
        if (part == Part::base) known.insert(known.end(), {"profile", "test"});
        std::optional<std::string_view> nearest = suggestion(name, known);
        for (auto [other, ours] : other_names)
            if (name == other && std::ranges::find(known, ours) != known.end()) nearest = ours;
        return fmt::format("there is no key {}{}", name, nearest ? fmt::format("; did you mean {}?", *nearest) : "");
    }

    fs::path path_;
    fs::path folder_;
};

}  // namespace

Outcome<ProjectFile> parse_project(std::string_view text, const fs::path& path) {
    Reader reader(path);
    toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
        // Some of toml++'s sentences quote what they found, line breaks included.
        std::string sentence(parsed.error().description());
        std::ranges::replace_if(sentence, [](char letter) { return static_cast<unsigned char>(letter) < ' '; }, ' ');
        return reader.wrong(parsed.error().source().begin, sentence);
    }
    return reader.read(parsed.table());
}

std::optional<fs::path> find_project_file(const fs::path& folder) {
    for (fs::path place = folder;; place = place.parent_path()) {
        if (std::error_code error; fs::exists(place / project_file_name, error)) return place / project_file_name;
        if (place == place.parent_path()) return std::nullopt;
    }
}

Outcome<ProjectFile> read_project(const fs::path& path) {
    const std::string text = TRY(read_file(path, "the project file"));
    return parse_project(text, path);
}

}  // namespace lintel::runner
