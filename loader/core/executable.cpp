// Reads ELF64 files (System V gABI) of unknown origin.
// Invariant: each defect has its own sentence, and nothing is believed before it is checked.
#include "loader/core/executable.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>

#include "base/checked.hpp"
#include "base/elf.hpp"

namespace lintel::loader {
namespace {

using enum ErrorCode;

/// There is no more than that to align in.
constexpr std::uint64_t largest_alignment = largest_image;

Status check_header(const elf::Header& header) {
    if (header.ident[elf::ident_class] != elf::class_64)
        return fail(unsupported, "the executable is not a 64-bit ELF file");
    if (header.ident[elf::ident_data] != elf::data_little_endian)
        return fail(unsupported, "the executable is not a little-endian ELF file");
    if (header.machine != elf::machine_x86_64) return fail(unsupported, "the executable is not for x86-64");
    if (header.type != elf::type_executable && header.type != elf::type_shared)
        return fail(unsupported, "the ELF file is neither an executable nor a shared object");
    if (header.program_header_size != sizeof(elf::ProgramHeader))
        return fail(malformed, "the ELF file's program headers have a size that ELF64 does not know");
    return {};
}

arch::Access access_of(std::uint32_t flags) {
    // Read access is always there ("Memory Layout at Entry").
    bool write = (flags & elf::flag_write) != 0;
    bool execute = (flags & elf::flag_execute) != 0;
    if (write) return execute ? arch::Access::read_write_execute : arch::Access::read_write;
    return execute ? arch::Access::read_execute : arch::Access::read;
}

bool is_executable(arch::Access access) {
    return access == arch::Access::read_execute || access == arch::Access::read_write_execute;
}

/// What a dynamic section has for `tag`.
std::optional<std::uint64_t> dynamic_value(Bytes entries, std::int64_t tag) {
    for (std::uint64_t at = 0;; at += sizeof(elf::DynamicEntry)) {
        auto entry = read_at<elf::DynamicEntry>(entries, at);
        if (!entry || entry->tag == elf::dynamic_null) return std::nullopt;
        if (entry->tag == tag) return entry->value;
    }
}

}  // namespace

Result<Executable> Executable::parse(Bytes file) {
    if (file.size() < elf::magic.size() || std::memcmp(file.data(), elf::magic.data(), elf::magic.size()) != 0)
        return fail(malformed, "the executable is not an ELF file");
    auto header = read_at<elf::Header>(file, 0);
    if (!header) return fail(malformed, "the ELF file ends before its header does");
    TRY(check_header(*header));

    std::uint64_t table_size = std::uint64_t{header->program_header_count} * sizeof(elf::ProgramHeader);
    auto table = slice(file, header->program_headers_offset, table_size);
    if (!table) return fail(malformed, "the ELF file ends before its program headers do");

    Executable executable;
    std::optional<elf::ProgramHeader> dynamic;
    for (std::uint64_t at = 0; at < table_size; at += sizeof(elf::ProgramHeader)) {
        auto segment = *read_at<elf::ProgramHeader>(*table, at);
        if (segment.type == elf::segment_dynamic) dynamic = segment;
        if (segment.type != elf::segment_load || segment.memory_size == 0) continue;
        TRY(executable.add({.virt = VirtAddr(segment.virtual_address),
                            .memory_size = segment.memory_size,
                            .file_offset = segment.offset,
                            .file_size = segment.file_size,
                            .access = access_of(segment.flags)},
                           file.size()));
        TRY(executable.add_alignment(segment.alignment));
    }
    if (dynamic) {
        auto entries = slice(file, dynamic->offset, dynamic->file_size);
        if (!entries) return fail(malformed, "the ELF file ends before its dynamic section does");
        TRY(executable.read_dynamic_section(*entries));
        executable.relocatable_ = header->type == elf::type_shared;
    }
    executable.find_request_list(file, *header);
    TRY(executable.check_segments());

    executable.entry_ = VirtAddr(header->entry);
    if (!executable.is_code(executable.entry_))
        return fail_at(malformed, "the entry point lies outside the executable segments", header->entry);
    return executable;
}

Status Executable::add(Segment segment, std::uint64_t bytes_in_file) {
    if (segment.file_size > segment.memory_size)
        return fail_at(malformed, "a segment has more bytes in the file than in memory", segment.virt.value());
    if (segment.file_offset > bytes_in_file || segment.file_size > bytes_in_file - segment.file_offset)
        return fail_at(malformed, "the ELF file ends before one of its segments does", segment.virt.value());
    auto end = checked_add(segment.virt.value(), segment.memory_size);
    if (!end || !checked_align_up(*end, page_size))
        return fail_at(malformed, "a segment reaches beyond the end of the address space", segment.virt.value());
    if (segment_count_ == segments_.size()) return fail(unsupported, "the executable has more than 32 segments");

    auto place = std::ranges::upper_bound(segments(), segment.virt, {}, &Segment::virt) - segments().begin();
    std::move_backward(segments_.begin() + place, segments_.begin() + static_cast<std::ptrdiff_t>(segment_count_),
                       segments_.begin() + static_cast<std::ptrdiff_t>(segment_count_ + 1));
    segments_[static_cast<std::size_t>(place)] = segment;
    ++segment_count_;
    return {};
}

Status Executable::add_alignment(std::uint64_t alignment) {
    if (alignment > largest_alignment) return fail(unsupported, "a segment wants an alignment of more than 1 GiB");
    if (alignment != 0 && !std::has_single_bit(alignment))
        return fail(malformed, "a segment wants an alignment that is not a power of two", {}, alignment);
    alignment_ = std::max(alignment_, alignment);
    return {};
}

Status Executable::read_dynamic_section(Bytes entries) {
    auto value = [&](std::int64_t tag) { return dynamic_value(entries, tag); };
    auto is = [&](std::int64_t tag, std::uint64_t wanted) { return value(tag).value_or(wanted) == wanted; };
    if (value(elf::dynamic_needed)) return fail(unsupported, "the executable needs a shared library");
    if (!is(elf::dynamic_rel_size, 0) || !is(elf::dynamic_rela_entry_size, sizeof(elf::Relocation)) ||
        !is(elf::dynamic_relr_entry_size, sizeof(std::uint64_t)) ||
        !is(elf::dynamic_symbol_size, sizeof(elf::Symbol)) ||
        !is(elf::dynamic_procedure_linkage_type, static_cast<std::uint64_t>(elf::dynamic_rela)))
        return fail(unsupported, "the executable's relocations have a format that x86-64 does not use");

    auto table = [&](std::int64_t address, std::int64_t size) {
        return AddressedTable{.address = value(address).value_or(0), .size = value(size).value_or(0)};
    };
    tables_ = {.rela = table(elf::dynamic_rela, elf::dynamic_rela_size),
               .procedure_linkage = table(elf::dynamic_procedure_linkage, elf::dynamic_procedure_linkage_size),
               .relr = table(elf::dynamic_relr, elf::dynamic_relr_size),
               .symbols = value(elf::dynamic_symbols).value_or(0)};
    return {};
}

/// Section headers are there for linkers and debuggers: where they make no sense, they are as good as not there.
void Executable::find_request_list(Bytes file, const elf::Header& header) {
    auto section = [&](std::uint64_t index) {
        return read_at<elf::SectionHeader>(file, header.section_headers_offset + index * sizeof(elf::SectionHeader));
    };
    if (header.section_header_size != sizeof(elf::SectionHeader)) return;
    auto names = section(header.section_names_index);
    auto text = names ? slice(file, names->offset, names->size) : std::nullopt;
    if (!text) return;
    constexpr std::string_view wanted{".limine_reqs\0", 13};
    for (std::uint64_t i = 0; i < header.section_header_count; ++i) {
        auto found = section(i);
        auto name = found ? slice(*text, found->name, wanted.size()) : std::nullopt;
        if (name && as_text(*name) == wanted) request_list_ = {.address = found->address, .size = found->size};
    }
}

Status Executable::check_segments() {
    if (segment_count_ == 0) return fail(malformed, "the executable has no segment to load");
    if (!relocatable_ && base().value() < lowest_executable_address)
        return fail_at(unsupported, "a segment lies below 0xffffffff80000000, and the executable cannot be moved",
                       segments().front().virt.value());
    for (std::size_t i = 1; i < segment_count_; ++i) {
        const Segment& lower = segments_[i - 1];
        const Segment& upper = segments_[i];
        if (upper.virt < lower.end())
            return fail_at(malformed, "two segments of the executable overlap", upper.virt.value());
        if (upper.virt.page_down() < lower.end().page_up() && upper.access != lower.access)
            return fail_at(malformed, "two segments with different permissions share a page", upper.virt.value());
    }
    if (image_size() > largest_image) return fail(unsupported, "the executable's image is larger than 1 GiB");
    return {};
}

void Executable::move_by(std::uint64_t slide) {
    for (Segment& segment : std::span(segments_).first(segment_count_)) segment.virt += slide;
    if (request_list_) request_list_->address += slide;
    entry_ += slide;
    slide_ += slide;
}

bool Executable::is_code(VirtAddr address) const {
    return std::ranges::any_of(segments(), [&](const Segment& segment) {
        return is_executable(segment.access) && address >= segment.virt && address < segment.end();
    });
}

void Executable::load(Bytes file, MutableBytes image) const {
    for (const Segment& segment : segments()) {
        auto source = file.subspan(segment.file_offset, segment.file_size);
        std::ranges::copy(source, image.subspan(segment.virt - base(), segment.file_size).begin());
    }
}

}  // namespace lintel::loader
