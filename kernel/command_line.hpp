// The words of the command line: `name`, or `name=value`.
#pragma once

#include <optional>
#include <string_view>

namespace lintel {

/// The value of the last word `name=value` in `line`; empty where the word is just `name`; nothing where it is not
/// there.
std::optional<std::string_view> option(std::string_view line, std::string_view name);

}  // namespace lintel
