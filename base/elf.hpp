// ELF64 structures and constants as they stand in a file (System V gABI, "Object Files"), little-endian x86-64.
// Invariant: layouts are pinned; what a file really holds is read through base/bytes.hpp and trusted by nobody.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace lintel::elf {

/// e_ident, the first 16 bytes ("ELF Identification").
inline constexpr std::array<unsigned char, 4> magic = {0x7f, 'E', 'L', 'F'};
inline constexpr std::size_t ident_class = 4;
inline constexpr std::size_t ident_data = 5;
inline constexpr unsigned char class_64 = 2;
inline constexpr unsigned char data_little_endian = 1;

/// e_type.
inline constexpr std::uint16_t type_executable = 2;
inline constexpr std::uint16_t type_shared = 3;

/// e_machine.
inline constexpr std::uint16_t machine_x86_64 = 62;

struct Header {
    std::array<unsigned char, 16> ident;
    std::uint16_t type;
    std::uint16_t machine;
    std::uint32_t version;
    std::uint64_t entry;                   // virtual address
    std::uint64_t program_headers_offset;  // in the file
    std::uint64_t section_headers_offset;
    std::uint32_t flags;
    std::uint16_t header_size;
    std::uint16_t program_header_size;
    std::uint16_t program_header_count;
    std::uint16_t section_header_size;
    std::uint16_t section_header_count;
    std::uint16_t section_names_index;
};
static_assert(sizeof(Header) == 64 && offsetof(Header, entry) == 24 && offsetof(Header, program_header_count) == 56);

/// p_type ("Program Header").
inline constexpr std::uint32_t segment_load = 1;
inline constexpr std::uint32_t segment_dynamic = 2;

/// p_flags.
inline constexpr std::uint32_t flag_execute = 1;
inline constexpr std::uint32_t flag_write = 2;
inline constexpr std::uint32_t flag_read = 4;

struct ProgramHeader {
    std::uint32_t type;
    std::uint32_t flags;
    std::uint64_t offset;  // in the file
    std::uint64_t virtual_address;
    std::uint64_t physical_address;
    std::uint64_t file_size;    // bytes
    std::uint64_t memory_size;  // bytes
    std::uint64_t alignment;
};
static_assert(sizeof(ProgramHeader) == 56 && offsetof(ProgramHeader, virtual_address) == 16 &&
              offsetof(ProgramHeader, memory_size) == 40);

struct SectionHeader {
    std::uint32_t name;  // offset in the section that holds the names
    std::uint32_t type;
    std::uint64_t flags;
    std::uint64_t address;  // virtual
    std::uint64_t offset;   // in the file
    std::uint64_t size;     // bytes
    std::uint32_t link;
    std::uint32_t info;
    std::uint64_t alignment;
    std::uint64_t entry_size;
};
static_assert(sizeof(SectionHeader) == 64 && offsetof(SectionHeader, address) == 16 &&
              offsetof(SectionHeader, size) == 32);

/// d_tag ("Dynamic Section"): what relocations need, and the end.
inline constexpr std::int64_t dynamic_null = 0;
inline constexpr std::int64_t dynamic_needed = 1;
inline constexpr std::int64_t dynamic_procedure_linkage_size = 2;
inline constexpr std::int64_t dynamic_symbols = 6;
inline constexpr std::int64_t dynamic_rela = 7;
inline constexpr std::int64_t dynamic_rela_size = 8;
inline constexpr std::int64_t dynamic_rela_entry_size = 9;
inline constexpr std::int64_t dynamic_symbol_size = 11;
inline constexpr std::int64_t dynamic_rel_size = 18;
inline constexpr std::int64_t dynamic_procedure_linkage_type = 20;
inline constexpr std::int64_t dynamic_procedure_linkage = 23;
inline constexpr std::int64_t dynamic_relr_size = 35;
inline constexpr std::int64_t dynamic_relr = 36;
inline constexpr std::int64_t dynamic_relr_entry_size = 37;

struct DynamicEntry {
    std::int64_t tag;
    std::uint64_t value;
};
static_assert(sizeof(DynamicEntry) == 16);

/// The types that a freestanding program can carry (psABI x86-64, "Relocation Types").
inline constexpr std::uint32_t relocation_none = 0;
inline constexpr std::uint32_t relocation_64 = 1;
inline constexpr std::uint32_t relocation_global_data = 6;
inline constexpr std::uint32_t relocation_jump_slot = 7;
inline constexpr std::uint32_t relocation_relative = 8;

/// A relocation with addend ("Relocation"); type and symbol are the halves of r_info.
struct Relocation {
    std::uint64_t address;  // virtual
    std::uint32_t type;
    std::uint32_t symbol;
    std::uint64_t addend;  // signed, but only ever added
};
static_assert(sizeof(Relocation) == 24 && offsetof(Relocation, symbol) == 12);

/// st_shndx, and the halves of st_info ("Symbol Table").
inline constexpr std::uint16_t section_undefined = 0;
inline constexpr std::uint16_t section_absolute = 0xfff1;
inline constexpr unsigned symbol_weak = 2;
inline constexpr unsigned symbol_indirect_function = 10;

struct Symbol {
    std::uint32_t name;
    std::uint8_t info;
    std::uint8_t other;
    std::uint16_t section;
    std::uint64_t value;
    std::uint64_t size;

    [[nodiscard]] constexpr unsigned binding() const { return info >> 4; }
    [[nodiscard]] constexpr unsigned type() const { return info & 15; }
};
static_assert(sizeof(Symbol) == 24 && offsetof(Symbol, section) == 6 && offsetof(Symbol, value) == 8);

}  // namespace lintel::elf
