#include "kernel/debug/symbols.hpp"

#include "base/checked.hpp"
#include "base/elf.hpp"

namespace lintel {
namespace {

/// sh_type and the type half of st_info (System V gABI, "Sections", "Symbol Table").
constexpr std::uint32_t section_symbols = 2;
constexpr unsigned symbol_function = 2;

std::optional<elf::SectionHeader> section_at(Bytes file, const elf::Header& header, std::uint64_t index) {
    if (index >= header.section_header_count || header.section_header_size != sizeof(elf::SectionHeader))
        return std::nullopt;
    const auto at = checked_add(header.section_headers_offset, index * sizeof(elf::SectionHeader));
    return at ? read_at<elf::SectionHeader>(file, *at) : std::nullopt;
}

std::optional<Bytes> contents_of(Bytes file, const std::optional<elf::SectionHeader>& section) {
    return section ? slice(file, section->offset, section->size) : std::nullopt;
}

std::string_view text_at(Bytes bytes, std::uint64_t offset) {
    if (offset >= bytes.size()) return {};
    const std::string_view rest = as_text(bytes.subspan(offset));
    const std::size_t end = rest.find('\0');
    return end == std::string_view::npos ? std::string_view{} : rest.substr(0, end);
}

/// Takes "6lintel" off the front: "lintel".
std::optional<std::string_view> take_identifier(std::string_view& rest) {
    std::size_t length = 0;
    while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9' && length < 10000) {
        length = length * 10 + static_cast<std::size_t>(rest.front() - '0');
        rest.remove_prefix(1);
    }
    if (length == 0 || length > rest.size()) return std::nullopt;
    const std::string_view identifier = rest.substr(0, length);
    rest.remove_prefix(length);
    return identifier;
}

bool take(std::string_view& rest, std::string_view prefix) {
    if (!rest.starts_with(prefix)) return false;
    rest.remove_prefix(prefix.size());
    return true;
}

/// The scopes of a nested name, to its 'E'; false where something else than plain scopes comes up.
bool write_scopes(TextBuffer<160>& to, std::string_view rest) {
    while (take(rest, "K") || take(rest, "V") || take(rest, "R") || take(rest, "O")) {
    }
    std::string_view last;
    bool first = true;
    for (; !take(rest, "E"); first = false) {
        if (!first) to.write("::");
        if (take(rest, "St")) {
            to.write("std");
        } else if (take(rest, "C1") || take(rest, "C2")) {
            to.write(last);
        } else if (take(rest, "D1") || take(rest, "D2")) {
            to.write("~");
            to.write(last);
        } else {
            take(rest, "L");  // has internal linkage
            const auto identifier = take_identifier(rest);
            if (!identifier) return false;
            last = *identifier;
            to.write(last.starts_with("_GLOBAL__N") ? "(anonymous namespace)" : last);
        }
    }
    return !first;
}

}  // namespace

std::optional<SymbolTable> SymbolTable::find(Bytes file, std::uint64_t slide) {
    const auto header = read_at<elf::Header>(file, 0);
    if (!header) return std::nullopt;
    for (std::size_t i = 0; i < elf::magic.size(); ++i)
        if (header->ident[i] != elf::magic[i]) return std::nullopt;
    for (std::uint64_t i = 0; i < header->section_header_count; ++i) {
        const auto section = section_at(file, *header, i);
        if (!section || section->type != section_symbols) continue;
        const auto symbols = contents_of(file, section);
        const auto names = contents_of(file, section_at(file, *header, section->link));
        if (symbols && names) return SymbolTable(*symbols, *names, slide);
    }
    return std::nullopt;
}

std::optional<SymbolPlace> SymbolTable::function_at(VirtAddr address) const {
    const std::uint64_t wanted = address.value() - slide_;
    for (std::uint64_t at = 0; at + sizeof(elf::Symbol) <= symbols_.size(); at += sizeof(elf::Symbol)) {
        const auto symbol = copy_at<elf::Symbol>(symbols_, at);
        if (symbol.type() != symbol_function || symbol.section == elf::section_undefined) continue;
        if (wanted < symbol.value || wanted - symbol.value >= symbol.size) continue;
        const std::string_view name = text_at(names_, symbol.name);
        if (!name.empty()) return SymbolPlace{name, wanted - symbol.value};
    }
    return std::nullopt;
}

TextBuffer<160> readable_name(std::string_view name) {
    TextBuffer<160> words;
    std::string_view rest = name;
    if (take(rest, "_ZN") && write_scopes(words, rest)) return words;
    words.clear();
    rest = name;
    if (take(rest, "_Z")) {
        take(rest, "L");
        if (const auto identifier = take_identifier(rest); identifier && !rest.starts_with('I')) {
            words.write(*identifier);
            return words;
        }
    }
    words.write(name);
    return words;
}

}  // namespace lintel
