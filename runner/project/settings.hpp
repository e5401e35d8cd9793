// The settings that hold in the end, out of all the places that can name them.
// Invariant: flags win over the environment, that over the profile, that over the file, and that over the default;
// within the file and the profile, for `lintel test`, their tables [test] win over what stands outside.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runner/project/keys.hpp"
#include "runner/project/project_file.hpp"

namespace lintel::runner {

enum class Source { standard, file, profile, environment, flag };

std::string_view name_of(Source source);

struct Value {
    std::vector<std::string> words;
    Source source = Source::standard;
    std::string place{};  // "/home/you/kernel/lintel.toml:3", "LINTEL_MEMORY", "--memory"
};

/// One key with what was said about it: for a list that adds up all of it, the lowest layer first; otherwise one value.
struct Setting {
    const Key* key;
    std::vector<Value> values;

    [[nodiscard]] std::vector<std::string> words() const;
};

struct Request {
    const ProjectFile* file = nullptr;
    std::string profile{};  // none where empty
    bool test = false;      // for `lintel test`
    std::function<std::optional<std::string>(const std::string& variable)> environment{};
    std::function<std::vector<std::string>(const Key&)> flag{};  // what was typed for the key; empty for nothing
};

/// All keys in the order of the table. Fails for a profile that does not exist and for a wrong value in a variable.
Outcome<std::vector<Setting>> settle(const Request& request);

}  // namespace lintel::runner
