#include "kernel/command_line.hpp"

namespace lintel {

std::optional<std::string_view> option(std::string_view line, std::string_view name) {
    std::optional<std::string_view> found;
    while (!line.empty()) {
        const std::size_t end = line.find(' ');
        const std::string_view word = line.substr(0, end);
        if (word.starts_with(name)) {
            const std::string_view rest = word.substr(name.size());
            if (rest.empty()) found = rest;
            if (rest.starts_with('=')) found = rest.substr(1);
        }
        line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    }
    return found;
}

}  // namespace lintel
