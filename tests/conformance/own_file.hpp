// The executable's own ELF file, as the loader hands it over: what its image in memory has to come from.
// Invariant: the file is read within its bounds alone; addresses are those that it was linked for unless called others.
#pragma once

#include <optional>

#include "base/bytes.hpp"
#include "base/elf.hpp"

namespace lintel::conformance {

class OwnFile {
public:
    /// Nothing where the loader hands no file over, or one that is not an ELF with something to load.
    static std::optional<OwnFile> find();

    /// Calls `visit` for each PT_LOAD segment until it returns false; whether it never did.
    template <class Visit>
    bool all_segments(Visit visit) const {
        return all_headers([&](const elf::ProgramHeader& header) {
            return header.type != elf::segment_load || header.memory_size == 0 || visit(header);
        });
    }

    /// The segment's bytes in the file; nothing where the file does not have them.
    [[nodiscard]] std::optional<Bytes> contents(const elf::ProgramHeader& segment) const {
        return slice(file_, segment.offset, segment.file_size);
    }

    /// Calls `visit` for each entry of the table of relocations until it returns false; whether it never did.
    template <class Visit>
    bool all_relocations(Visit visit) const {
        for (std::uint64_t at = 0; at < relocations_.size(); at += sizeof(elf::Relocation)) {
            auto relocation = read_at<elf::Relocation>(relocations_, at);
            if (!relocation || !visit(*relocation)) return false;
        }
        return true;
    }

    /// Its lowest page.
    [[nodiscard]] std::uint64_t base() const { return base_; }
    /// How much higher than that the executable runs.
    [[nodiscard]] std::uint64_t slide() const;

private:
    explicit OwnFile(Bytes file) : file_(file) {}

    template <class Visit>
    bool all_headers(Visit visit) const {
        auto header = read_at<elf::Header>(file_, 0);
        if (!header) return false;
        for (std::uint64_t i = 0; i < header->program_header_count; ++i) {
            auto found =
                read_at<elf::ProgramHeader>(file_, header->program_headers_offset + i * sizeof(elf::ProgramHeader));
            if (!found || !visit(*found)) return false;
        }
        return true;
    }
    [[nodiscard]] Bytes loaded_from(std::uint64_t address, std::uint64_t size) const;
    [[nodiscard]] Bytes find_relocations(const elf::ProgramHeader& dynamic) const;

    Bytes file_;
    Bytes relocations_{};
    std::uint64_t base_ = 0;
};

}  // namespace lintel::conformance
