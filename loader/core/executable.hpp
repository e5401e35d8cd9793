// The executable: what an ELF file asks for, checked, and how its image is laid out in memory.
// Invariant: whatever parse() accepts has its segments sorted, apart from each other, inside the file and inside
// the image; no page carries two permissions; the entry point can be executed. An executable that cannot be moved lies
// where executables belong.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "arch/page_tables.hpp"
#include "base/address.hpp"
#include "base/bytes.hpp"
#include "base/elf.hpp"
#include "base/result.hpp"

namespace lintel::loader {

/// Executables live at or above this address (PROTOCOL.md, "Memory Layout at Entry").
inline constexpr std::uint64_t lowest_executable_address = 0xffffffff80000000;

/// Larger images are taken for a mistake: nothing that wants a gigabyte of memory is a kernel's own image.
inline constexpr std::uint64_t largest_image = std::uint64_t{1} << 30;  // bytes

/// A stretch of the image, of one permission. Behind its file bytes it is zero.
struct Segment {
    VirtAddr virt;
    std::uint64_t memory_size;  // bytes
    std::uint64_t file_offset;
    std::uint64_t file_size;  // bytes
    arch::Access access;

    [[nodiscard]] VirtAddr end() const { return virt + memory_size; }
};

/// A table, by the address that it was linked for.
struct AddressedTable {
    std::uint64_t address = 0;
    std::uint64_t size = 0;  // bytes
};

/// What the dynamic section says about relocations; nothing of it is known to lie inside the image.
struct DynamicTables {
    AddressedTable rela{};
    AddressedTable procedure_linkage{};  // of the same format
    AddressedTable relr{};
    std::uint64_t symbols = 0;  // address; 0: there are none
};

class Executable {
public:
    static Result<Executable> parse(Bytes file);

    /// Sorted by address.
    [[nodiscard]] std::span<const Segment> segments() const { return std::span(segments_).first(segment_count_); }
    [[nodiscard]] VirtAddr base() const { return segments().front().virt.page_down(); }
    /// From base() to the end of the last segment, whole pages.
    [[nodiscard]] std::uint64_t image_size() const { return segments().back().end().page_up() - base(); }
    [[nodiscard]] VirtAddr entry() const { return entry_; }

    /// Whether it can be loaded elsewhere than where it was linked for.
    [[nodiscard]] bool is_relocatable() const { return relocatable_; }
    /// The largest alignment that a segment asks for, at least a page.
    [[nodiscard]] std::uint64_t alignment() const { return alignment_; }
    [[nodiscard]] const DynamicTables& dynamic_tables() const { return tables_; }

    /// Where the section with a list of requests lies, moved with the rest, if there is one (PROTOCOL.md, "Limine
    /// Requests Section"); nothing says that this is inside the image.
    [[nodiscard]] std::optional<AddressedTable> request_list() const { return request_list_; }

    /// Moves all of it by `slide`, a multiple of the page size, from choose_slide().
    void move_by(std::uint64_t slide);
    /// How far it was moved.
    [[nodiscard]] std::uint64_t slide() const { return slide_; }

    /// Whether code can be run at `address`.
    [[nodiscard]] bool is_code(VirtAddr address) const;

    /// Copies the segments from `file`, which parse() accepted, to `image`: image_size() bytes, all of them zero.
    void load(Bytes file, MutableBytes image) const;

private:
    Status add(Segment segment, std::uint64_t bytes_in_file);
    Status add_alignment(std::uint64_t alignment);
    Status check_segments();
    Status read_dynamic_section(Bytes entries);
    void find_request_list(Bytes file, const elf::Header& header);

    std::array<Segment, 32> segments_{};
    std::size_t segment_count_ = 0;
    VirtAddr entry_;
    DynamicTables tables_{};
    std::optional<AddressedTable> request_list_{};
    std::uint64_t alignment_ = page_size;
    std::uint64_t slide_ = 0;
    bool relocatable_ = false;
};

}  // namespace lintel::loader
