// See the header.
#include "runner/check/configuration.hpp"

#include <array>
#include <memory>

#include "base/blake2b.hpp"
#include "base/blake3.hpp"
#include "base/error_text.hpp"
#include "loader/core/ascii.hpp"
#include "loader/core/configuration.hpp"
#include "loader/core/file_hash.hpp"
#include "loader/core/gzip.hpp"
#include "loader/core/path.hpp"
#include "runner/host/suggestion.hpp"

namespace lintel::runner {

namespace {

/// All options that CONFIG.md of the Limine project has.
constexpr auto known_options = std::to_array<std::string_view>({
    "timeout",
    "quiet",
    "serial",
    "serial_baudrate",
    "global_dtb",
    "default_entry",
    "remember_last_entry",
    "graphics",
    "wallpaper",
    "wallpaper_style",
    "backdrop",
    "verbose",
    "randomise_memory",
    "randomize_memory",
    "hash_mismatch_panic",
    "measured_boot",
    "firmware_logo",
    "keyboard_layout",
    "mouse",
    "interface_resolution",
    "interface_rotation",
    "interface_branding",
    "interface_branding_colour",
    "interface_branding_color",
    "interface_help_hidden",
    "interface_help_colour",
    "interface_help_color",
    "interface_help_colour_bright",
    "interface_help_color_bright",
    "term_font",
    "term_font_size",
    "term_font_scale",
    "term_font_spacing",
    "term_palette",
    "term_palette_bright",
    "term_background",
    "term_foreground",
    "term_background_bright",
    "term_foreground_bright",
    "term_margin",
    "term_margin_gradient",
    "editor_enabled",
    "editor_highlighting",
    "editor_validation",
    "comment",
    "protocol",
    "cmdline",
    "kernel_cmdline",
    "if_fw_type",
    "if_arch",
    "path",
    "kernel_path",
    "module_path",
    "module_string",
    "module_cmdline",
    "resolution",
    "textmode",
    "dtb_path",
    "kaslr",
    "randomise_hhdm_base",
    "randomize_hhdm_base",
    "max_paging_mode",
    "min_paging_mode",
    "paging_mode",
    "image_path",
    "entry",
    "drive",
    "partition",
    "mbr_id",
    "gpt_uuid",
    "gpt_guid",
});

/// Those whose value is a path.
constexpr auto path_options = std::to_array<std::string_view>(
    {"path", "kernel_path", "image_path", "module_path", "dtb_path", "global_dtb", "wallpaper", "term_font"});

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
    return std::ranges::any_of(names, [&](std::string_view one) { return loader::equal_ignoring_case(one, name); });
}

/// A configuration as the loader has read it.
class Reading {
public:
    explicit Reading(std::string_view text)
        : text_(text),
          storage_(std::make_unique<loader::ConfigurationStorage>()),
          result_(loader::parse_configuration(text, {}, storage_->room())) {}

    [[nodiscard]] const Result<loader::Configuration>& result() const { return result_; }

    /// Whether `piece` is a part of the text, and not of a macro's expansion.
    [[nodiscard]] bool has(std::string_view piece) const {
        return piece.data() >= text_.data() && piece.data() + piece.size() <= text_.data() + text_.size();
    }
    [[nodiscard]] std::size_t offset(std::string_view piece) const {
        return static_cast<std::size_t>(piece.data() - text_.data());
    }
    [[nodiscard]] Spot spot(std::string_view piece) const {
        constexpr std::size_t longest = 72;  // hashes are longer, and say little
        std::string shown(piece.substr(0, longest));
        if (shown.size() < piece.size()) shown += "...";
        if (!has(piece)) return {.detail = shown};
        const auto line = 1 + std::ranges::count(text_.substr(0, offset(piece)), '\n');
        return {.source = fmt::format("line {}", line), .detail = shown};
    }

private:
    std::string_view text_;
    std::unique_ptr<loader::ConfigurationStorage> storage_;
    Result<loader::Configuration> result_;
};

std::string in_hexadecimal(Bytes bytes) {
    std::string text;
    for (std::byte byte : bytes) text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    return text;
}

/// What a hash covers: the file, or the compressed part of it (CONFIG.md, "Paths").
Bytes hashed_part(const loader::Path& path, std::string_view file) {
    if (!path.gzip) return as_bytes(file);
    auto compressed = loader::GzipFile::parse(as_bytes(file));
    return compressed ? compressed->member() : as_bytes(file);
}

/// The hash for `path`, of the kind that it has already; BLAKE2b where it has none.
std::string right_hash(const loader::Path& path, std::string_view file) {
    const Bytes bytes = hashed_part(path, file);
    constexpr std::size_t digits_of_blake2b = 128;
    if (path.hash.empty() || path.hash.size() == digits_of_blake2b) return in_hexadecimal(blake2b(bytes));
    std::vector<std::byte> hash(path.hash.size() / 2);
    blake3(bytes, hash);
    return in_hexadecimal(hash);
}

/// A path of a configuration that names a file which is to be found under the root.
struct NamedFile {
    std::string_view value;  // of the option, all of it
    loader::Path path;
    fs::path file;
};

std::optional<NamedFile> named_file(std::string_view value, const fs::path& root) {
    auto path = loader::parse_path(value);
    // Other volumes than the one with the configuration are not at hand.
    if (!path || path->resource != loader::Resource::boot || !path->argument.empty()) return std::nullopt;
    return NamedFile{value, *path, root / fs::path(path->path).relative_path()};
}

class ConfigurationCheck {
public:
    ConfigurationCheck(const Reading& reading, const fs::path& root, Remarks& remarks)
        : reading_(reading), root_(root), remarks_(remarks) {}

    void run() {
        if (!reading_.result()) {
            TextBuffer<512> sentence;
            print_error(sentence, reading_.result().error());
            add(Severity::error, "malformed-configuration", fmt::format("the loader refuses it: {}", sentence.text()));
            return;
        }
        const loader::Configuration& configuration = *reading_.result();
        for (std::string_view name : configuration.ignored) check_option(name);
        check_default(configuration);
        for (const loader::Entry& entry : configuration.entries)
            if (!entry.directory) check_entry(entry);
        if (any_hash_ && !without_hash_.empty())
            remarks_.push_back({Severity::note, "no-hash", "some paths carry hashes, and these do not", without_hash_,
                                "--fix-hashes writes them"});
    }

private:
    void add(Severity severity, std::string name, std::string text, std::vector<Spot> spots = {},
             std::string advice = {}) {
        remarks_.push_back({severity, std::move(name), std::move(text), std::move(spots), std::move(advice)});
    }

    /// An option's name that the loader passes over, or a line with a value that means nothing to it.
    void check_option(std::string_view name) {
        if (name.contains(':'))
            return add(Severity::warning, "wrong-value",
                       "the loader passes over an option with a value that it does not know", {reading_.spot(name)});
        if (is_one_of(known_options, name))
            return add(Severity::note, "ignored-option",
                       fmt::format("Lintel's loader passes over the option {}, which Limine knows", name),
                       {reading_.spot(name)});
        auto nearest = suggestion(name, known_options);
        add(Severity::warning, "unknown-option", fmt::format("no loader knows the option {}", name),
            {reading_.spot(name)}, nearest ? fmt::format("did you mean {}?", *nearest) : "");
    }

    void check_default(const loader::Configuration& configuration) {
        const std::string_view wanted = configuration.default_entry;
        const bool is_row = std::ranges::all_of(wanted, loader::is_digit);
        // Rows depend on which directories are open; more rows than entries there cannot be.
        const auto row = loader::parse_decimal(wanted);
        const bool found = is_row ? row && *row >= 1 && *row <= configuration.entries.size()
                                  : loader::find_entry(configuration.entries, wanted).has_value();
        if (!found)
            add(Severity::warning, "no-default-entry",
                fmt::format("there is no entry {}, which default_entry asks for: the first one boots", wanted),
                {reading_.spot(wanted)});
    }

    void check_entry(const loader::Entry& entry) {
        auto protocol = entry.option("protocol");
        if (!protocol)
            add(Severity::error, "no-protocol", fmt::format("the entry {} has no option protocol", entry.title),
                {reading_.spot(entry.title)}, "protocol: limine");
        else if (*protocol != "limine")
            add(Severity::note, "other-protocol",
                fmt::format("the entry {} is for Limine only: Lintel's loader does not speak the protocol {}",
                            entry.title, *protocol),
                {reading_.spot(*protocol)});
        if (protocol == "limine" && !entry.option("path") && !entry.option("kernel_path"))
            add(Severity::error, "no-path", fmt::format("the entry {} has no option path", entry.title),
                {reading_.spot(entry.title)}, "path: boot():/boot/kernel.elf");
        for (const loader::Option& option : entry.options)
            if (is_one_of(path_options, option.name)) check_path(option.value);
    }

    void check_path(std::string_view value) {
        if (auto path = loader::parse_path(value); !path) {
            TextBuffer<512> sentence;
            sentence.write(path.error().text);
            return add(Severity::error, "malformed-path", std::string(sentence.text()), {reading_.spot(value)});
        }
        auto named = named_file(value, root_);
        if (!named) return;
        if (!is_file(named->file))
            return add(Severity::error, "missing-file", fmt::format("there is no file {}", named->file.string()),
                       {reading_.spot(value)}, "--root names the folder that boot():/ stands for");
        check_hash(*named);
    }

    void check_hash(const NamedFile& named) {
        if (named.path.hash.empty()) {
            without_hash_.push_back(reading_.spot(named.value));
            return;
        }
        any_hash_ = true;
        auto bytes = read_file(named.file, "the file");
        if (!bytes)
            return add(Severity::error, "unreadable-file", bytes.error().sentence, {reading_.spot(named.value)});
        if (!loader::has_hash(hashed_part(named.path, *bytes), named.path.hash))
            add(Severity::error, "wrong-hash",
                fmt::format("{} does not have the hash that it must have", named.path.path),
                {reading_.spot(named.value)}, "--fix-hashes writes the right one");
    }

    const Reading& reading_;
    const fs::path& root_;
    Remarks& remarks_;
    std::vector<Spot> without_hash_{};
    bool any_hash_ = false;
};

}  // namespace

fs::path root_of(const fs::path& configuration) {
    std::error_code error;
    const fs::path file = fs::weakly_canonical(fs::absolute(configuration), error);
    fs::path folder = file.parent_path();
    for (const char* usual : {"boot/limine", "EFI/BOOT", "boot", "limine"}) {
        const fs::path names(usual);
        const auto depth = std::distance(names.begin(), names.end());
        fs::path above = folder;
        for (auto i = depth; i > 0; --i) above = above.parent_path();
        if (above / names == folder) return above;
    }
    return folder;
}

ConfigurationReport check_configuration(std::string_view text, const fs::path& root) {
    ConfigurationReport report;
    const Reading reading(text);
    ConfigurationCheck(reading, root, report.remarks).run();
    report.remarks = worst_first(std::move(report.remarks));
    return report;
}

Outcome<ConfigurationReport> check_configuration_file(const fs::path& file, const fs::path& root) {
    return check_configuration(TRY(read_file(file, "the configuration")), root);
}

std::string with_hashes(std::string_view text, const fs::path& root) {
    const Reading reading(text);
    if (!reading.result()) return std::string(text);
    struct Change {
        std::size_t at;
        std::size_t length;
        std::string words;
    };
    std::vector<Change> changes;
    for (const loader::Entry& entry : reading.result()->entries) {
        for (const loader::Option& option : entry.options) {
            if (!is_one_of(path_options, option.name) || !reading.has(option.value)) continue;
            auto named = named_file(option.value, root);
            if (!named) continue;
            auto bytes = read_file(named->file, "the file");
            if (!bytes) continue;
            const std::string_view hash = named->path.hash;
            const std::size_t end = reading.offset(option.value) + option.value.size();
            changes.push_back(
                {end - hash.size(), hash.size(), (hash.empty() ? "#" : "") + right_hash(named->path, *bytes)});
        }
    }
    std::string result(text);
    std::ranges::sort(changes, std::greater(), &Change::at);
    for (const Change& change : changes) result.replace(change.at, change.length, change.words);
    return result;
}

Outcome<void> fix_hashes(const fs::path& file, const fs::path& root) {
    const std::string text = TRY(read_file(file, "the configuration"));
    const Reading reading(text);
    if (!reading.result()) {
        TextBuffer<512> sentence;
        print_error(sentence, reading.result().error());
        return refuse("{} is left as it is: {}", file.string(), sentence.text());
    }
    const std::string fixed = with_hashes(text, root);
    if (fixed == text) return {};
    std::error_code error;
    const fs::path target = fs::canonical(file, error);  // a symbolic link stays one
    if (error) return refuse("cannot write {}: {}", file.string(), error.message());
    Pending pending(target);
    TRY(write_file(pending.path(), fixed));
    fs::permissions(pending.path(), fs::status(target, error).permissions(), error);
    return pending.commit();
}

}  // namespace lintel::runner
