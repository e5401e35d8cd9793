// See the header.
#include "runner/conformance/family.hpp"

#include <algorithm>

namespace lintel::runner {

namespace {

constexpr std::string_view separator = " | ";

/// Takes what stands before the next space.
std::string take_word(std::string_view& rest) {
    std::string word(rest.substr(0, rest.find(' ')));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    return word;
}

Outcome<FamilyMember> parse_member(std::string_view rest, bool refused) {
    FamilyMember member;
    member.name = take_word(rest);
    take_word(rest);  // the base revision is for people
    std::size_t end = std::min(rest.find(separator), rest.size());
    member.kernel = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + separator.size()));
    if (!refused) return member;
    std::size_t middle = rest.find(separator);
    if (middle == std::string_view::npos) return refuse("{} does not say which promise it tests", member.name);
    member.refusal = Promise{std::string(rest.substr(0, middle)), std::string(rest.substr(middle + separator.size()))};
    return member;
}

Outcome<void> take_line(Family& family, std::string_view line) {
    std::string kind = take_word(line);
    if (kind == "configuration") {
        (family.members.empty() ? family.configuration : family.members.back().configuration) = line;
    } else if (kind == "file") {
        std::string path = take_word(line);
        family.files.push_back({path.substr(path.starts_with('/') ? 1 : 0), line});
    } else if (kind == "machine") {
        while (!line.empty()) family.machine.push_back(take_word(line));
    } else if (kind == "kernel" || kind == "refused") {
        auto member = TRY(parse_member(line, kind == "refused"));
        if (std::ranges::find(family.members, member.name, &FamilyMember::name) != family.members.end())
            return refuse("two members of the family have the name {}", member.name);
        family.members.push_back(member);
    } else if (!kind.empty()) {
        return refuse("the family's list has a line that starts with {}", kind);
    }
    return {};
}

}  // namespace

Outcome<Family> parse_family(std::string_view text) {
    Family family;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        TRY(take_line(family, line));
    }
    if (family.configuration.empty()) return refuse("the family's list names no configuration");
    if (family.members.empty()) return refuse("the family's list has no member");
    return family;
}

}  // namespace lintel::runner
