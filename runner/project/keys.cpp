// See the header.
#include "runner/project/keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace lintel::runner {

namespace {

constexpr double longest = 86400;  // seconds

constexpr std::array table = {
    Key{.name = "kernel", .option = "--kernel", .kind = Kind::path},
    Key{.name = "config", .option = "--config", .kind = Kind::path},
    Key{.name = "cmdline", .option = "--cmdline", .kind = Kind::text},
    Key{.name = "modules", .option = "--module", .kind = Kind::paths},
    Key{.name = "files", .option = "--files", .kind = Kind::path},
    Key{.name = "loader", .option = "--loader", .kind = Kind::word, .standard = "auto", .words = "auto lintel limine"},
    Key{.name = "firmware", .option = "--firmware", .kind = Kind::word, .standard = "uefi", .words = "uefi direct"},
    Key{.name = "accel", .option = "--accel", .kind = Kind::word, .standard = "auto", .words = "auto kvm tcg"},
    Key{.name = "memory", .option = "--memory", .kind = Kind::size, .standard = "512M"},
    Key{.name = "cpus", .option = "--cpus", .kind = Kind::number, .standard = "1", .least = 1, .most = 255},
    Key{.name = "qemu-args", .option = "", .kind = Kind::texts},
    Key{.name = "timeout", .option = "--timeout", .kind = Kind::seconds},
    Key{.name = "kernels", .option = "KERNEL", .kind = Kind::globs, .test = true},
    Key{.name = "timeout", .option = "--timeout", .kind = Kind::seconds, .standard = "20", .test = true},
    Key{.name = "jobs", .option = "--jobs", .kind = Kind::number, .least = 1, .most = 64, .test = true},
    Key{.name = "retries", .option = "--retries", .kind = Kind::number, .standard = "0", .most = 10, .test = true},
    Key{.name = "artifacts", .option = "--artifacts", .kind = Kind::path, .standard = "lintel-artifacts", .test = true},
};

template <class T>
std::optional<T> parse(std::string_view text) {
    T value{};
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

bool is_size(std::string_view text) {
    if (!text.empty() && std::string_view("KMGTkmgt").contains(text.back())) text.remove_suffix(1);
    return parse<unsigned long>(text).value_or(0) > 0;
}

bool is_word_of(std::string_view words, std::string_view text) {
    while (!words.empty()) {
        std::string_view word = words.substr(0, words.find(' '));
        if (word == text) return true;
        words.remove_prefix(std::min(words.size(), word.size() + 1));
    }
    return false;
}

}  // namespace

std::string Key::full_name() const { return fmt::format("{}{}", test ? "test." : "", name); }

std::string Key::variable() const {
    std::string result = "LINTEL_" + full_name();
    for (char& letter : result) {
        if (letter == '-' || letter == '.') letter = '_';
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    }
    return result;
}

std::span<const Key> keys() { return table; }

const Key* find_key(std::string_view name, bool test) {
    auto found = std::ranges::find_if(table, [&](const Key& key) { return key.name == name && key.test == test; });
    return found == table.end() ? nullptr : &*found;
}

bool is_list(Kind kind) { return kind == Kind::texts || kind == Kind::paths || kind == Kind::globs; }
bool adds_up(Kind kind) { return kind == Kind::texts || kind == Kind::paths; }

std::optional<std::string> complaint(const Key& key, std::string_view value) {
    switch (key.kind) {
        case Kind::text:
        case Kind::texts:
            return std::nullopt;
        case Kind::path:
        case Kind::paths:
        case Kind::globs:
            return value.empty() ? std::optional<std::string>("must not be empty") : std::nullopt;
        case Kind::size:
            if (is_size(value)) return std::nullopt;
            return "must be a size such as \"512M\"";
        case Kind::number:
            if (auto number = parse<long>(value); number && *number >= key.least && *number <= key.most)
                return std::nullopt;
            return fmt::format("must be a whole number from {} to {}", key.least, key.most);
        case Kind::seconds:
            if (auto number = parse<double>(value); number && *number >= 0 && *number <= longest) return std::nullopt;
            return fmt::format("must be a number of seconds from 0 to {}", longest);
        case Kind::word:
            if (is_word_of(key.words, value)) return std::nullopt;
            return fmt::format("must be one of: {}", key.words);
    }
    return std::nullopt;
}

}  // namespace lintel::runner
