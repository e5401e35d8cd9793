// See the header.
#include "tests/conformance/own_file.hpp"

#include <algorithm>
#include <ranges>

#include "base/address.hpp"
#include "protocol/limine.hpp"
#include "tests/conformance/image.hpp"
#include "tests/conformance/memory.hpp"

namespace lintel::conformance {

std::optional<OwnFile> OwnFile::find() {
    const auto* response = limine::request<limine::ExecutableFile>.response();
    if (!is_mapped(response, sizeof *response)) return std::nullopt;
    const limine::File* file = response->executable_file;
    if (!is_mapped(file, sizeof *file) || !is_mapped(file->address, file->size)) return std::nullopt;

    OwnFile own(file->bytes());
    auto header = read_at<elf::Header>(own.file_, 0);
    if (!header || !std::ranges::equal(header->ident | std::views::take(4), elf::magic)) return std::nullopt;
    std::uint64_t lowest = ~std::uint64_t{0};
    own.all_segments([&](const elf::ProgramHeader& segment) {
        lowest = std::min(lowest, segment.virtual_address);
        return true;
    });
    if (lowest == ~std::uint64_t{0}) return std::nullopt;
    own.base_ = align_down(lowest, page_size);
    own.all_headers([&](const elf::ProgramHeader& found) {
        if (found.type == elf::segment_dynamic) own.relocations_ = own.find_relocations(found);
        return true;
    });
    return own;
}

std::uint64_t OwnFile::slide() const { return image().base - base_; }

/// What the file has for a stretch of the image; nothing where it does not have all of it.
Bytes OwnFile::loaded_from(std::uint64_t address, std::uint64_t size) const {
    Bytes found;
    all_segments([&](const elf::ProgramHeader& segment) {
        auto bytes = contents(segment);
        auto part = bytes ? slice(*bytes, address - segment.virtual_address, size) : std::nullopt;
        if (part) found = *part;
        return !part;
    });
    return found;
}

Bytes OwnFile::find_relocations(const elf::ProgramHeader& dynamic) const {
    std::uint64_t address = 0, size = 0;
    auto entries = contents(dynamic).value_or(Bytes());
    for (std::uint64_t at = 0; auto entry = read_at<elf::DynamicEntry>(entries, at); at += sizeof(elf::DynamicEntry)) {
        if (entry->tag == elf::dynamic_rela) address = entry->value;
        if (entry->tag == elf::dynamic_rela_size) size = entry->value;
    }
    return loaded_from(address, size);
}

}  // namespace lintel::conformance
