// An address is a number in hexadecimal, with or without 0x, that lies in the kernel's code.
// Invariant: see the header.
#include "runner/autopsy/symbolizer.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace lintel::runner {

namespace {

constexpr std::size_t longest_line = 1024;            // what is behind is not looked at
constexpr std::size_t most_names = 4;                 // of a line
constexpr int most_attempts = 50;                     // to find a kernel that has been moved
constexpr std::uint64_t lowest = 0xffffffff80000000;  // PROTOCOL.md: a kernel lies in the last 2 GiB
constexpr std::size_t digits = 16;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Every whole word of 16 hexadecimal digits, with or without 0x or the separating _ of some languages.
std::vector<std::uint64_t> addresses_in(std::string_view line) {
    std::vector<std::uint64_t> result;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t begin = at;
        while (at < line.size() && is_word(line[at])) ++at;
        std::string word;
        for (char c : line.substr(begin, at - begin))
            if (c != '_') word += c;
        if (at == begin) ++at;
        std::string_view number = word;
        if (number.starts_with("0x") || number.starts_with("0X")) number.remove_prefix(2);
        std::uint64_t value = 0;
        if (number.size() != digits) continue;
        const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value, 16);
        if (parsed.ec == std::errc() && parsed.ptr == number.data() + number.size() && value >= lowest)
            result.push_back(value);
    }
    return result;
}

SourceLine shortened(SourceLine source) {
    std::error_code error;
    const fs::path here = fs::current_path(error);
    if (error) return source;
    fs::path relative = source.file.lexically_relative(here);
    if (!relative.empty() && *relative.begin() != "..") source.file = std::move(relative);
    return source;
}

}  // namespace

std::string short_description(const Place& place) {
    Place copy = place;
    for (Frame& frame : copy.frames) frame.source = shortened(frame.source);
    return describe(copy);
}

std::string short_description(const Frame& frame) { return short_description(Place{.frames = {frame}}); }

std::string Symbolizer::names_in(std::string_view line) {
    std::string result;
    std::size_t count = 0;
    for (const std::uint64_t address : addresses_in(line)) {
        if (!ready_) {
            if (attempts_ == most_attempts) return "";
            ++attempts_;
            const auto slide = find_slide_();
            if (!slide) return "";
            kernel_.set_slide(*slide);
            ready_ = true;
        }
        // The last instruction of a function may be a call: what is behind it may be another function, or none.
        const Place place = kernel_.place(kernel_.follows_call(address) ? address - 1 : address);
        if (!place.in_code || !place.known() || count == most_names) continue;
        std::string text = short_description(place);
        const std::string before = place.function() + " at ";
        if (line.contains(place.function()) && text.starts_with(before)) text.erase(0, before.size());
        result += fmt::format("{}{}", count++ == 0 ? "  <- " : ", ", text);
    }
    return result;
}

std::string Symbolizer::feed(std::string_view bytes) {
    std::string result;
    for (char c : bytes) {
        if ((c == '\r' || c == '\n') && !line_.empty()) {
            result += names_in(line_);
            line_.clear();
        } else if (c != '\r' && c != '\n' && line_.size() < longest_line) {
            line_ += c;
        }
        result += c;
    }
    return result;
}

}  // namespace lintel::runner
