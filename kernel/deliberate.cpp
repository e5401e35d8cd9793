#include "kernel/deliberate.hpp"

#include <array>
#include <span>

#include "base/result.hpp"

namespace lintel {
namespace {

bool has_word(std::string_view line, std::string_view word) {
    while (!line.empty()) {
        const std::size_t end = line.find(' ');
        if (line.substr(0, end) == word) return true;
        line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    }
    return false;
}

}  // namespace

void fail_deliberately(std::string_view command_line) {
    if (has_word(command_line, "test=panic")) panic("asked for on the command line");
    if (has_word(command_line, "test=bounds")) {
        static const std::array<char, 4> four{};
        const std::span<const char> bytes = four;
        // Volatile: the compiler must not see that this cannot be right.
        volatile std::size_t index = four.size();
        [[maybe_unused]] volatile char behind = bytes[index];
    }
}

}  // namespace lintel
