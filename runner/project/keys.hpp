// What can be set in lintel.toml, in the environment and on the command line, in one table.
// Invariant: a key is named as its option is; its variable is LINTEL_ and the same in capitals, with underscores.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lintel::runner {

enum class Kind {
    text,
    path,     // relative to the file's folder, or to the current one
    size,     // of memory: "512M"
    number,   // whole, within the key's limits
    seconds,  // 0 to a day
    word,     // one of the key's
    texts,    // several; what the layers say adds up
    paths,    // likewise
    globs     // paths with * and ?; the highest layer counts
};

struct Key {
    std::string_view name;
    std::string_view option;  // "--memory"; empty for what follows `--`
    Kind kind;
    std::string_view standard{};  // what holds where nobody says anything
    std::string_view words{};     // of a Kind::word, with spaces between
    long least = 0;               // of a Kind::number
    long most = 0;
    bool test = false;  // belongs in [test]

    /// As people and variables call it: "test.jobs".
    [[nodiscard]] std::string full_name() const;
    [[nodiscard]] std::string variable() const;
};

std::span<const Key> keys();

/// The key of this name in [test] or outside; nothing where there is none.
const Key* find_key(std::string_view name, bool test);

/// Several values, and whether those of lower layers stay.
bool is_list(Kind kind);
bool adds_up(Kind kind);

/// What is wrong with `value` for the key: "must be ..."; nothing where it is good.
std::optional<std::string> complaint(const Key& key, std::string_view value);

}  // namespace lintel::runner
