// What a kernel's program headers and relocations ask for that the loader takes as it is, or does not take.
// Invariant: the loader's parse() has accepted the file, so the headers are there.
#include <array>

#include "base/elf.hpp"
#include "loader/core/relocation.hpp"
#include "runner/check/parts.hpp"

namespace lintel::runner {

namespace {

constexpr std::uint32_t segment_interpreter = 3;     // PT_INTERP
constexpr std::uint32_t segment_thread_local = 7;    // PT_TLS
constexpr std::uint32_t segment_stack = 0x6474e551;  // PT_GNU_STACK
constexpr std::size_t most_named_relocations = 8;

std::vector<elf::ProgramHeader> headers_of(Bytes file) {
    auto header = *read_at<elf::Header>(file, 0);
    std::vector<elf::ProgramHeader> headers;
    headers.reserve(header.program_header_count);
    for (std::uint64_t i = 0; i < header.program_header_count; ++i)
        headers.push_back(*read_at<elf::ProgramHeader>(file, header.program_headers_offset + i * sizeof headers[0]));
    return headers;
}

void check_header(const elf::ProgramHeader& header, Remarks& remarks) {
    const std::vector<Spot> here = {{.address = header.virtual_address}};
    const bool writable_code = (header.flags & elf::flag_write) != 0 && (header.flags & elf::flag_execute) != 0;
    if (header.type == elf::segment_load && header.memory_size != 0) {
        if (writable_code)
            remarks.push_back({Severity::warning, "writable-code",
                               "a segment is both writable and executable: a stray write becomes code", here,
                               "give code and data segments of their own in the linker script (PHDRS)"});
        if (header.alignment > 1 && (header.virtual_address - header.offset) % header.alignment != 0)
            remarks.push_back({Severity::warning, "incongruent-segment",
                               "a segment's address and its offset in the file differ by more than its alignment "
                               "allows (gABI, \"Program Header\"): loaders that map files refuse that",
                               here, "let the linker choose the offsets"});
        if (!is_aligned(header.virtual_address, page_size))
            remarks.push_back({Severity::note, "unaligned-segment",
                               "a segment does not start on a page; the rest of that page gets its permissions", here,
                               "align each segment with . = ALIGN(CONSTANT(MAXPAGESIZE))"});
    }
    if (header.type == segment_interpreter)
        remarks.push_back({Severity::warning, "interpreter", "it names a dynamic linker, which nobody will start", here,
                           "link with -static-pie or -no-pie"});
    if (header.type == segment_thread_local && header.memory_size != 0)
        remarks.push_back({Severity::warning, "thread-local",
                           "it has thread-local variables, and no loader sets up FS for them: their addresses are "
                           "around 0",
                           here, "drop thread_local, or set the FS base to memory of your own"});
    if (header.type == segment_stack && (header.flags & elf::flag_execute) != 0)
        remarks.push_back({Severity::note,
                           "executable-stack",
                           "its objects ask for an executable stack; the loader ignores that",
                           {},
                           "add .section .note.GNU-stack,\"\",@progbits to files in assembly"});
}

struct RelocationName {
    std::uint32_t type;
    const char* name;
};

/// Of the psABI's list for x86-64, those that linkers put into executables.
constexpr std::array relocation_names = {
    RelocationName{2, "R_X86_64_PC32"},      RelocationName{5, "R_X86_64_COPY"},
    RelocationName{10, "R_X86_64_32"},       RelocationName{11, "R_X86_64_32S"},
    RelocationName{16, "R_X86_64_DTPMOD64"}, RelocationName{17, "R_X86_64_DTPOFF64"},
    RelocationName{18, "R_X86_64_TPOFF64"},  RelocationName{36, "R_X86_64_TLSDESC"},
    RelocationName{37, "R_X86_64_IRELATIVE"}};

std::string name_of_type(std::uint32_t type) {
    const auto* known = std::ranges::find(relocation_names, type, &RelocationName::type);
    return known == relocation_names.end() ? fmt::format("number {}", type) : known->name;
}

/// What the relocation refers to: the symbol that it names, or the one that its addend points to.
std::string describe(const CheckedKernel& kernel, const elf::Relocation& relocation) {
    std::string_view name =
        relocation.symbol == 0 ? std::string_view() : kernel.sections.dynamic_symbol(relocation.symbol);
    if (const ElfSymbol* target = kernel.sections.symbol_at(relocation.addend); name.empty() && target != nullptr)
        name = target->name;
    if (name.empty()) return name_of_type(relocation.type);
    return fmt::format("{} for the symbol {}", name_of_type(relocation.type), name);
}

/// The symbol's own fault, if it has one.
std::string_view unusable(const LoadedKernel& loaded, const elf::Relocation& relocation) {
    if (relocation.type == elf::relocation_relative || relocation.type == elf::relocation_none) return {};
    const std::uint64_t symbols = loaded.executable.dynamic_tables().symbols;
    auto symbol = read_at<elf::Symbol>(
        loaded.image, symbols - loaded.address(0) + std::uint64_t{relocation.symbol} * sizeof(elf::Symbol));
    if (symbols == 0 || !symbol) return {};
    if (symbol->type() == elf::symbol_indirect_function) return "is chosen at run time (ifunc)";
    if (symbol->section == elf::section_undefined && symbol->binding() != elf::symbol_weak) return "is defined nowhere";
    return {};
}

}  // namespace

void check_segments(const CheckedKernel& kernel, const loader::Executable&, Remarks& remarks) {
    for (const elf::ProgramHeader& header : headers_of(kernel.file)) check_header(header, remarks);
}

void check_relocations(const CheckedKernel& kernel, const LoadedKernel& loaded, Remarks& remarks) {
    Remark unknown{Severity::error,
                   "unknown-relocation",
                   "",
                   {},
                   "loaders apply R_X86_64_RELATIVE, 64, GLOB_DAT and JUMP_SLOT; compile all objects with -fPIE, or "
                   "link at a fixed address"};
    Remark unresolved{Severity::error, "unresolved-symbol", "", {}, "define it, or do not use it"};
    std::size_t unknown_count = 0;
    std::size_t unresolved_count = 0;
    auto look_through = [&](loader::AddressedTable table) {
        auto entries = slice(loaded.image, table.address - loaded.address(0), table.size);
        if (!entries) return;
        for (std::uint64_t at = 0; at + sizeof(elf::Relocation) <= entries->size(); at += sizeof(elf::Relocation)) {
            const auto one = copy_at<elf::Relocation>(*entries, at);
            Spot spot = {};
            if (!loader::is_known_relocation(one.type)) {
                if (++unknown_count > most_named_relocations) continue;
                spot = kernel.data_spot(one.address);
                spot.detail = describe(kernel, one);
                unknown.spots.push_back(spot);
            } else if (auto why = unusable(loaded, one); !why.empty()) {
                if (++unresolved_count > most_named_relocations) continue;
                spot = kernel.data_spot(one.address);
                spot.detail = fmt::format("{} {}", kernel.sections.dynamic_symbol(one.symbol), why);
                unresolved.spots.push_back(spot);
            }
        }
    };
    const loader::DynamicTables& tables = loaded.executable.dynamic_tables();
    look_through(tables.rela);
    look_through(tables.procedure_linkage);
    unknown.text = fmt::format("{} relocation{} of a kind that the loader does not apply", unknown_count,
                               unknown_count == 1 ? " is" : "s are");
    unresolved.text = fmt::format("{} relocation{} a symbol that has no address", unresolved_count,
                                  unresolved_count == 1 ? " names" : "s name");
    if (unknown_count != 0) remarks.push_back(unknown);
    if (unresolved_count != 0) remarks.push_back(unresolved);
}

}  // namespace lintel::runner
