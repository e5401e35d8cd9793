// ElfSection headers and symbol tables, read with bounds (System V gABI, "Sections", "ElfSymbol Table").
// Invariant: no table is larger than the file that it stands in, so reading ends.
#include "runner/check/sections.hpp"

#include <algorithm>
#include <tuple>

#include "base/elf.hpp"

namespace lintel::runner {

namespace {

constexpr std::uint32_t type_symbols = 2;           // SHT_SYMTAB
constexpr std::uint32_t type_without_bytes = 8;     // SHT_NOBITS
constexpr std::uint32_t type_dynamic_symbols = 11;  // SHT_DYNSYM
constexpr unsigned symbol_of_section = 3;           // STT_SECTION
constexpr unsigned symbol_of_file = 4;              // STT_FILE
constexpr unsigned symbol_of_function = 2;          // STT_FUNC

std::string_view text_at(Bytes bytes, std::uint64_t offset) {
    if (offset >= bytes.size()) return {};
    std::string_view text = as_text(bytes.subspan(offset));
    const std::size_t end = text.find('\0');
    return end == std::string_view::npos ? std::string_view() : text.substr(0, end);
}

}  // namespace

Sections Sections::read(Bytes file) {
    Sections result;
    auto header = read_at<elf::Header>(file, 0);
    if (!header || header->section_header_size != sizeof(elf::SectionHeader)) return result;
    auto section = [&](std::uint64_t index) {
        return read_at<elf::SectionHeader>(file, header->section_headers_offset + index * sizeof(elf::SectionHeader));
    };
    auto bytes_of = [&](const elf::SectionHeader& of) {
        return of.type == type_without_bytes ? Bytes() : slice(file, of.offset, of.size).value_or(Bytes());
    };
    auto names = section(header->section_names_index);
    const Bytes text = names ? bytes_of(*names) : Bytes();
    for (std::uint64_t i = 0; i < header->section_header_count; ++i) {
        auto one = section(i);
        if (!one) break;
        result.sections_.push_back(
            {text_at(text, one->name), one->type, one->address, bytes_of(*one), one->size, one->link});
    }
    for (const ElfSection& one : result.sections_)
        if (one.type == type_symbols) result.read_symbols(one);
    std::ranges::sort(result.symbols_, {},
                      [](const ElfSymbol& one) { return std::tuple(one.address, one.size, one.name); });
    return result;
}

const ElfSection* Sections::find(std::string_view name) const {
    auto found = std::ranges::find(sections_, name, &ElfSection::name);
    return found == sections_.end() ? nullptr : &*found;
}

const ElfSection* Sections::linked(const ElfSection& section) const {
    return section.link < sections_.size() ? &sections_[section.link] : nullptr;
}

void Sections::read_symbols(const ElfSection& table) {
    const ElfSection* names = linked(table);
    if (names == nullptr) return;
    for (std::uint64_t at = 0; at + sizeof(elf::Symbol) <= table.bytes.size(); at += sizeof(elf::Symbol)) {
        const auto symbol = copy_at<elf::Symbol>(table.bytes, at);
        if (symbol.section == elf::section_undefined || symbol.type() == symbol_of_section ||
            symbol.type() == symbol_of_file)
            continue;
        if (std::string_view name = text_at(names->bytes, symbol.name); !name.empty())
            symbols_.push_back({symbol.value, symbol.size, name, symbol.type() == symbol_of_function});
    }
}

const ElfSymbol* Sections::symbol_at(std::uint64_t address) const {
    auto behind = std::ranges::upper_bound(symbols_, address, {}, &ElfSymbol::address);
    // Several can start at one address; a marker of the linker script's is not what is meant.
    for (auto at = behind; at != symbols_.begin();) {
        --at;
        if (address - at->address < at->size) return &*at;
        if (at->size != 0) break;
    }
    return nullptr;
}

std::string_view Sections::dynamic_symbol(std::uint32_t index) const {
    auto table = std::ranges::find(sections_, type_dynamic_symbols, &ElfSection::type);
    if (table == sections_.end()) return {};
    auto symbol = read_at<elf::Symbol>(table->bytes, std::uint64_t{index} * sizeof(elf::Symbol));
    const ElfSection* names = linked(*table);
    return symbol && names != nullptr ? text_at(names->bytes, symbol->name) : std::string_view();
}

}  // namespace lintel::runner
