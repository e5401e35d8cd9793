// The ELF half, read with libelf: headers, sections, symbols. The file is held in memory, so that it may change under
// us. Invariant: every offset from the file is checked before it is followed.
#include "runner/debug_info/debug_info.hpp"

#include <elfutils/libdw.h>
#include <gelf.h>

#include <algorithm>
#include <ranges>

#include "runner/debug_info/names.hpp"

namespace lintel::runner {

namespace {

constexpr std::uintmax_t largest_file = 1 << 30;

bool moves(const Elf64_Dyn& entry) { return entry.d_tag == DT_RELA || entry.d_tag == DT_REL || entry.d_tag == DT_RELR; }

}  // namespace

Outcome<DebugInfo> DebugInfo::open(const fs::path& kernel) {
    std::error_code error;
    if (fs::file_size(kernel, error) > largest_file && !error)
        return refuse("the kernel {} is larger than 1 GiB", kernel.string());
    DebugInfo info;
    info.file_ = std::make_unique<std::string>(TRY(read_file(kernel, "the kernel")));
    ::elf_version(EV_CURRENT);
    info.elf_ = {::elf_memory(info.file_->data(), info.file_->size()), [](Elf* elf) { ::elf_end(elf); }};
    TRY(info.read_headers(kernel));
    info.read_sections();
    info.read_symbols(SHT_SYMTAB);
    if (info.symbols_.empty()) info.read_symbols(SHT_DYNSYM);
    info.dwarf_ = {::dwarf_begin_elf(info.elf_.get(), DWARF_C_READ, nullptr), [](Dwarf* dwarf) { ::dwarf_end(dwarf); }};
    if (info.dwarf_) info.read_units();
    info.handling_ = {::dwarf_getcfi_elf(info.elf_.get()), [](Dwarf_CFI* frames) { ::dwarf_cfi_end(frames); }};
    return info;
}

Outcome<void> DebugInfo::read_headers(const fs::path& kernel) {
    GElf_Ehdr header;
    if (!elf_ || ::gelf_getclass(elf_.get()) != ELFCLASS64 || ::gelf_getehdr(elf_.get(), &header) == nullptr ||
        header.e_ident[EI_DATA] != ELFDATA2LSB)
        return refuse("{} is no 64-bit little-endian ELF file", kernel.string());
    entry_ = header.e_entry;
    std::size_t count = 0;
    if (::elf_getphdrnum(elf_.get(), &count) != 0) count = 0;
    for (std::size_t number = 0; number < count; ++number) {
        GElf_Phdr part;
        if (::gelf_getphdr(elf_.get(), static_cast<int>(number), &part) == nullptr) break;
        const bool inside = part.p_offset <= file_->size() && part.p_filesz <= file_->size() - part.p_offset;
        std::string_view held = inside ? std::string_view(*file_).substr(part.p_offset, part.p_filesz) : "";
        if (part.p_type == PT_DYNAMIC) {
            Elf64_Dyn entry;
            for (; held.size() >= sizeof entry; held.remove_prefix(sizeof entry)) {
                std::ranges::copy(held.substr(0, sizeof entry), reinterpret_cast<char*>(&entry));
                relocatable_ = relocatable_ || moves(entry);
            }
        }
        if (part.p_type != PT_LOAD || part.p_memsz > UINT64_MAX - part.p_vaddr) continue;
        parts_.push_back({{part.p_vaddr, part.p_vaddr + part.p_memsz, (part.p_flags & PF_R) != 0,
                           (part.p_flags & PF_W) != 0, (part.p_flags & PF_X) != 0},
                          held.substr(0, std::min(held.size(), part.p_memsz))});
    }
    relocatable_ = relocatable_ || header.e_type == ET_DYN;
    return {};
}

void DebugInfo::read_sections() {
    std::size_t names = 0;
    if (::elf_getshdrstrndx(elf_.get(), &names) != 0) return;
    Elf_Scn* section = nullptr;
    while ((section = ::elf_nextscn(elf_.get(), section)) != nullptr) {
        GElf_Shdr header;
        if (::gelf_getshdr(section, &header) == nullptr || (header.sh_flags & SHF_ALLOC) == 0) continue;
        const char* name = ::elf_strptr(elf_.get(), names, header.sh_name);
        if (name != nullptr && header.sh_size <= UINT64_MAX - header.sh_addr)
            sections_.push_back({header.sh_addr, header.sh_addr + header.sh_size, name});
    }
}

void DebugInfo::read_symbols(std::uint32_t type) {
    Elf_Scn* section = nullptr;
    while ((section = ::elf_nextscn(elf_.get(), section)) != nullptr) {
        GElf_Shdr header;
        if (::gelf_getshdr(section, &header) == nullptr || header.sh_type != type || header.sh_entsize == 0) continue;
        Elf_Data* data = ::elf_getdata(section, nullptr);
        if (data == nullptr) continue;
        const std::uint64_t count = data->d_size / sizeof(Elf64_Sym);
        symbols_.reserve(count);
        for (std::uint64_t number = 0; number < count && number <= INT32_MAX; ++number) {
            GElf_Sym symbol;
            if (::gelf_getsym(data, static_cast<int>(number), &symbol) == nullptr) break;
            const int kind = GELF_ST_TYPE(symbol.st_info);
            if (symbol.st_shndx == SHN_UNDEF || symbol.st_shndx == SHN_ABS) continue;
            if (kind != STT_NOTYPE && kind != STT_OBJECT && kind != STT_FUNC) continue;
            const char* name = ::elf_strptr(elf_.get(), header.sh_link, symbol.st_name);
            if (name == nullptr || *name == '\0' || *name == '$' || *name == '.') continue;
            symbols_.push_back({symbol.st_value, symbol.st_size, name, kind == STT_FUNC});
        }
    }
    std::ranges::sort(symbols_, [](const Symbol& a, const Symbol& b) {
        return std::tuple(a.address, a.function, a.size) < std::tuple(b.address, b.function, b.size);
    });
}

// The last of those at or below the address; of several at one place the function, then the largest, comes last.
const DebugInfo::Symbol* DebugInfo::nearest(std::uint64_t linked) const {
    auto behind = std::ranges::upper_bound(symbols_, linked, {}, &Symbol::address);
    constexpr int farthest = 64;  // labels inside a function are few
    for (int steps = 0; behind != symbols_.begin() && steps < farthest; ++steps) {
        --behind;
        const bool open_end = behind->size == 0;
        if (open_end ? steps == 0 : linked - behind->address < behind->size) return &*behind;
    }
    return nullptr;
}

Place DebugInfo::place(std::uint64_t address) const {
    const std::uint64_t linked = address - slide_;
    Place result;
    auto part = std::ranges::find_if(parts_, [&](const LoadedPart& one) { return one.linked.contains(linked); });
    if (part == parts_.end()) return result;
    result.in_code = part->linked.executable;
    if (const Symbol* symbol = nearest(linked); symbol != nullptr && part->linked.contains(symbol->address)) {
        result.symbol = readable_name(symbol->name);
        result.offset = linked - symbol->address;
    }
    result.frames = frames(linked);
    if (!result.frames.empty() && result.frames.front().function.empty())
        result.frames.front().function = result.symbol.empty() ? "?" : result.symbol;
    return result;
}

std::optional<std::uint64_t> DebugInfo::find(std::string_view symbol) const {
    auto found = std::ranges::find_if(symbols_, [&](const Symbol& one) { return one.name == symbol; });
    if (found == symbols_.end()) return std::nullopt;
    return found->address + slide_;
}

std::vector<Segment> DebugInfo::segments() const {
    std::vector<Segment> result;
    for (const LoadedPart& part : parts_) {
        result.push_back(part.linked);
        result.back().begin += slide_;
        result.back().end += slide_;
    }
    return result;
}

std::string_view DebugInfo::section(std::uint64_t address) const {
    const std::uint64_t linked = address - slide_;
    for (const Section& section : sections_)
        if (linked >= section.begin && linked < section.end) return section.name;
    return {};
}

std::string_view DebugInfo::bytes(std::uint64_t address, std::size_t size) const {
    const std::uint64_t linked = address - slide_;
    for (const LoadedPart& part : parts_)
        if (part.linked.contains(linked) && linked - part.linked.begin < part.bytes.size())
            return part.bytes.substr(linked - part.linked.begin, size);
    return {};
}

// E8 with 4 bytes behind it, or FF /2 in one of its lengths (Intel SDM volume 2, CALL).
bool DebugInfo::follows_call(std::uint64_t address) const {
    const auto byte = [&](std::uint64_t before) {
        const std::string_view found = bytes(address - before, 1);
        return found.empty() ? 0U : static_cast<unsigned>(static_cast<unsigned char>(found[0]));
    };
    if (byte(5) == 0xe8) return true;
    return std::ranges::any_of(std::initializer_list<std::uint64_t>{2, 3, 4, 6, 7}, [&](std::uint64_t before) {
        return byte(before) == 0xff && (byte(before - 1) & 0x38) == 0x10;
    });
}

std::string describe(const Place& place) {
    if (!place.known()) return "";
    const SourceLine source = place.source();
    if (source.line != 0) return fmt::format("{} at {}:{}", place.function(), source.file.string(), source.line);
    if (place.symbol.empty()) return place.function();
    return place.offset == 0 ? place.symbol : fmt::format("{}+{:#x}", place.symbol, place.offset);
}

std::optional<std::string> text_of(const SourceLine& source) {
    constexpr std::uintmax_t largest_source = 16 << 20;
    std::error_code error;
    if (source.line == 0 || !is_file(source.file) || fs::file_size(source.file, error) > largest_source || error)
        return std::nullopt;
    auto text = read_file(source.file, "the source");
    if (!text) return std::nullopt;
    std::string_view rest = *text;
    for (unsigned line = 1; line < source.line; ++line) {
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        rest.remove_prefix(end + 1);
    }
    rest = rest.substr(0, rest.find_first_of("\r\n"));
    const std::size_t begin = rest.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return std::nullopt;
    return std::string(rest.substr(begin, rest.find_last_not_of(" \t") + 1 - begin));
}

}  // namespace lintel::runner
