// See the header.
// Invariant: the file's headers are believed only as far as the file reaches.
#include "runner/debugger/debuggee.hpp"

#include <elf.h>

#include <algorithm>
#include <cstring>

namespace lintel::runner {

namespace {

constexpr std::string_view endless_loop = "\xeb\xfe";  // jmp to itself
constexpr std::uint64_t page = 4096;

/// Where the file has the byte that is linked at `address`; nothing where it has none, or too little behind it.
std::optional<std::size_t> offset_of(std::string_view file, std::uint64_t address) {
    Elf64_Ehdr header;
    if (file.size() < sizeof header) return std::nullopt;
    std::memcpy(&header, file.data(), sizeof header);
    for (unsigned number = 0; number < header.e_phnum; ++number) {
        const std::uint64_t at = header.e_phoff + number * sizeof(Elf64_Phdr);
        if (header.e_phoff > file.size() || at + sizeof(Elf64_Phdr) > file.size()) return std::nullopt;
        Elf64_Phdr part;
        std::memcpy(&part, file.data() + at, sizeof part);
        if (part.p_type != PT_LOAD || address < part.p_vaddr || address - part.p_vaddr >= part.p_filesz) continue;
        const std::uint64_t inside = address - part.p_vaddr;
        if (part.p_offset > file.size() || inside + endless_loop.size() > file.size() - part.p_offset)
            return std::nullopt;
        return part.p_offset + inside;
    }
    return std::nullopt;
}

}  // namespace

Outcome<Debuggee> Debuggee::open(const fs::path& kernel) {
    Debuggee result(kernel, TRY(DebugInfo::open(kernel)));
    result.file_ = TRY(read_file(kernel, "the kernel"));
    auto offset = offset_of(result.file_, result.entry());
    if (!offset) return refuse("the kernel {} has nothing at its entry point, {:#x}", kernel.string(), result.entry());
    result.entry_offset_ = *offset;
    return result;
}

bool Debuggee::has_halt_loop() const { return info_.find("hlt_loop") || info_.find("_ZN6lintel8hlt_loopEv"); }

std::string Debuggee::held_at_entry() const {
    std::string bytes = file_;
    bytes.replace(entry_offset_, endless_loop.size(), endless_loop);
    return bytes;
}

std::optional<std::uint64_t> Debuggee::entry_reached(const std::vector<ProcessorState>& processors) const {
    for (const ProcessorState& processor : processors) {
        const bool in_kernel = (processor.instruction & higher_half) != 0;
        // Loaders move a kernel by whole pages.
        if (in_kernel && processor.instruction % page == info_.entry() % page) return processor.instruction;
    }
    return std::nullopt;
}

std::vector<std::string> Debuggee::way_to_entry(unsigned port) const {
    std::vector<std::string> commands = {"set confirm off", fmt::format("target remote 127.0.0.1:{}", port)};
    if (!relocatable()) {
        // A hardware breakpoint: a software one would be overwritten when the loader puts the kernel into memory.
        commands.push_back(fmt::format("thbreak *{:#x}", entry()));
        commands.emplace_back("continue");
        return commands;
    }
    commands.push_back(fmt::format("symbol-file -o {:#x} {}", slide(), gdb_word(kernel_)));
    std::string bytes;
    for (char c : std::string_view(file_).substr(entry_offset_, endless_loop.size()))
        bytes += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    // In Python, since what an expression means depends on the kernel's language.
    commands.push_back(fmt::format("python gdb.selected_inferior().write_memory({:#x}, b\"{}\")", entry(), bytes));
    commands.emplace_back("frame");
    return commands;
}

std::string gdb_word(const fs::path& path) {
    std::string word = "\"";
    for (char c : path.string()) {
        if (c == '"' || c == '\\') word += '\\';
        word += c;
    }
    return word + '"';
}

}  // namespace lintel::runner
