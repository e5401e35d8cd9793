// Builds small ELF64 files for tests, sound unless a test breaks them afterwards.
// Invariant: the file holds the header, the program headers, then the segments' bytes one after the other.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "base/elf.hpp"

namespace lintel {

class ElfBuilder {
public:
    struct Segment {
        std::uint64_t address;
        std::uint32_t flags;
        std::vector<std::byte> bytes;
        std::uint64_t memory_size = 0;  // at least as many as there are bytes
        std::uint32_t type = elf::segment_load;
    };

    explicit ElfBuilder(std::uint64_t entry) {
        header.ident = {0x7f, 'E', 'L', 'F', elf::class_64, elf::data_little_endian, 1};
        header.type = elf::type_executable;
        header.machine = elf::machine_x86_64;
        header.version = 1;
        header.entry = entry;
        header.program_headers_offset = sizeof(elf::Header);
        header.header_size = sizeof(elf::Header);
        header.program_header_size = sizeof(elf::ProgramHeader);
    }

    ElfBuilder& add(Segment segment) {
        segments_.push_back(std::move(segment));
        return *this;
    }

    [[nodiscard]] std::vector<std::byte> build() const {
        elf::Header final_header = header;
        final_header.program_header_count = static_cast<std::uint16_t>(segments_.size());
        std::vector<std::byte> file;
        append(file, final_header);
        std::uint64_t offset = sizeof(elf::Header) + segments_.size() * sizeof(elf::ProgramHeader);
        for (const Segment& segment : segments_) {
            append(file, elf::ProgramHeader{.type = segment.type,
                                            .flags = segment.flags,
                                            .offset = offset,
                                            .virtual_address = segment.address,
                                            .physical_address = 0,
                                            .file_size = segment.bytes.size(),
                                            .memory_size = std::max(segment.memory_size, segment.bytes.size()),
                                            .alignment = segment_alignment});
            offset += segment.bytes.size();
        }
        for (const Segment& segment : segments_) file.insert(file.end(), segment.bytes.begin(), segment.bytes.end());
        return file;
    }

    elf::Header header{};
    std::uint64_t segment_alignment = 0x1000;

private:
    template <class T>
    static void append(std::vector<std::byte>& file, const T& value) {
        auto bytes = std::as_bytes(std::span(&value, 1));
        file.insert(file.end(), bytes.begin(), bytes.end());
    }

    std::vector<Segment> segments_;
};

/// The bytes of a list of 64-bit words.
inline std::vector<std::byte> bytes_of(const std::vector<std::uint64_t>& words) {
    std::vector<std::byte> bytes(words.size() * sizeof(std::uint64_t));
    if (!bytes.empty()) std::memcpy(bytes.data(), words.data(), bytes.size());
    return bytes;
}

}  // namespace lintel
