// AT&T syntax: an operand in memory is "displacement(base, index, scale)", each part optional.
// Invariant: see the header.
#include "runner/autopsy/instruction.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace lintel::runner {

namespace {

bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    const std::size_t last = text.find_last_not_of(" \t\r\n");
    return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::optional<std::uint64_t> number(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const int base = text.starts_with("0x") ? 16 : 10;
    if (base == 16) text.remove_prefix(2);
    std::uint64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
    return negative ? 0 - value : value;
}

std::optional<std::uint64_t> register_value(std::string_view name, const Registers& registers, std::uint64_t behind) {
    name = trimmed(name);
    if (name == "%rip") return behind;
    for (std::size_t at = 0; at < general_names.size(); ++at)
        if (name.starts_with('%') && name.substr(1) == general_names[at]) return registers.general[at];
    return std::nullopt;
}

/// `inside` is what stands in the brackets.
std::optional<std::uint64_t> address_of(std::string_view displacement, std::string_view inside,
                                        const Registers& registers, std::uint64_t behind) {
    std::uint64_t address = 0;
    if (!displacement.empty()) {
        const auto value = number(displacement);
        if (!value) return std::nullopt;
        address = *value;
    }
    std::uint64_t scale = 1;
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; at <= inside.size();) {
        const std::size_t end = std::min(inside.find(',', at), inside.size());
        parts.push_back(trimmed(inside.substr(at, end - at)));
        at = end + 1;
    }
    if (parts.size() == 3) scale = number(parts[2]).value_or(1);
    for (std::size_t at = 0; at < parts.size() && at < 2; ++at) {
        if (parts[at].empty()) continue;
        const auto value = register_value(parts[at], registers, behind);
        if (!value) return std::nullopt;
        address += at == 0 ? *value : *value * scale;
    }
    return address;
}

}  // namespace

Instruction parse_instruction(std::string_view line, const Registers& registers) {
    Instruction result;
    line = line.substr(0, line.find('\n'));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || line.contains("unable to read")) return result;
    std::string_view rest = trimmed(line.substr(colon + 1));
    while (rest.size() > 2 && is_hex(rest[0]) && is_hex(rest[1]) && rest[2] == ' ') {
        ++result.length;
        rest.remove_prefix(3);
    }
    for (char c : trimmed(rest))
        if (c != ' ' || !result.text.ends_with(' ')) result.text += c;

    const std::string_view text = result.text;
    const std::size_t open = text.find('(');
    // An LEA names an address and does not touch it; segments have bases of their own.
    if (open == std::string_view::npos || text.starts_with("lea") || text.contains("%fs:") || text.contains("%gs:"))
        return result;
    const std::size_t close = text.find(')', open);
    if (close == std::string_view::npos) return result;
    std::size_t begin = open;
    while (begin > 0 && (is_hex(text[begin - 1]) || text[begin - 1] == 'x' || text[begin - 1] == '-')) --begin;
    result.operand = address_of(text.substr(begin, open - begin), text.substr(open + 1, close - open - 1), registers,
                                registers.instruction + result.length);
    return result;
}

bool uses_vector_registers(std::string_view text) {
    return text.contains("%xmm") || text.contains("%ymm") || text.contains("%zmm") || text.starts_with("ldmxcsr") ||
           text.starts_with("stmxcsr");
}

bool uses_x87(std::string_view text) {
    return (text.starts_with('f') && !text.starts_with("fs")) || text.contains("%st") || text.contains("%mm");
}

bool wants_alignment(std::string_view text) {
    for (std::string_view name :
         {"movap", "movdqa", "movntps", "movntpd", "movntdq", "vmovap", "vmovdqa", "fxsave", "fxrstor"})
        if (text.starts_with(name)) return true;
    // Without a VEX prefix, SSE's arithmetic wants it as well; scalar operations do not.
    return text.contains("%xmm") && !text.starts_with('v') && !text.starts_with("movu") &&
           !text.starts_with("movdqu") && !text.starts_with("movs") && !text.starts_with("movh") &&
           !text.starts_with("movl") && !text.starts_with("movq") && !text.starts_with("movd") &&
           !text.starts_with("cvt") && !std::string_view(text).substr(0, text.find(' ')).ends_with("sd") &&
           !std::string_view(text).substr(0, text.find(' ')).ends_with("ss");
}

}  // namespace lintel::runner
