// The executable's own file, its command line, and the modules.
// Invariant: a file's structure is judged before its fields are followed.
#include <algorithm>

#include "base/address.hpp"
#include "tests/conformance/expectations.hpp"
#include "tests/conformance/internal_modules.hpp"
#include "tests/conformance/kernel.hpp"
#include "tests/conformance/memory.hpp"
#include "tests/conformance/own_file.hpp"

namespace lintel::conformance {
namespace {

using enum limine::MemoryType;

constinit const limine::InternalModule internal{"internal.txt", "the internal module's string",
                                                limine::internal_module_required};
constinit const limine::InternalModule missing{"there-is-no-such-file.txt", "", 0};
constinit const limine::InternalModule nested{"./modules/../modules/second.txt", "", 0};
constinit const limine::InternalModule* const internal_modules[] = {&internal, &missing, &nested};

using Modules = InternalModules<internal_modules>;

bool is_text(const char* text, std::string_view wanted) {
    auto found = text_at(text);
    return found && *found == wanted;
}

bool is_zero(const limine::Uuid& uuid) { return uuid == limine::Uuid{}; }

/// What all files have in common.
void judge_file(Report& report, const limine::File& file) {
    report.promise("the structure's revision is 0", file.revision == 0, "it is {}", file.revision);
    report.promise("the address is aligned to 4 KiB",
                   is_aligned(reinterpret_cast<std::uint64_t>(file.address), page_size), "it is {}", file.address);
    report.promise("the file lies in the direct map, in memory that is not usable",
                   points_into(file.address, file.size, {executable_and_modules, bootloader_reclaimable}),
                   "it is at {}", file.address);
    auto path = text_at(file.path);
    report.promise("the path is 0-terminated ASCII with a leading slash, in bootloader-reclaimable memory",
                   path && path->starts_with('/') && points_into(file.path, path->size() + 1, bootloader_reclaimable));
    auto string = text_at(file.string);
    report.promise("the string is 0-terminated ASCII, in bootloader-reclaimable memory",
                   string && points_into(file.string, string->size() + 1, bootloader_reclaimable));
    report.promise("the media type is one that the specification has", file.media_type <= limine::MediaType::tftp,
                   "it is {}", file.media_type);
    const bool from_network = file.media_type == limine::MediaType::tftp;
    report.promise("what was not loaded over the network has no TFTP server",
                   from_network || (file.tftp_port == 0 &&
                                    std::ranges::all_of(file.tftp_ipv4, [](auto byte) { return byte == 0; })));
    report.promise("an unpartitioned medium has no GPT partition",
                   file.partition_index != 0 || is_zero(file.gpt_part_uuid));
}

/// Whether the loader has changed this byte of the image.
bool is_relocated(const OwnFile& own, std::uint64_t address) {
    return !own.all_relocations(
        [&](const elf::Relocation& relocation) { return address - relocation.address >= sizeof(std::uint64_t); });
}

/// The parts of the file that are PT_LOAD segments stand in memory as they stand in the file.
bool is_own_image(const OwnFile& own) {
    std::uint64_t compared = 0;
    bool all = own.all_segments([&](const elf::ProgramHeader& segment) {
        if ((segment.flags & elf::flag_write) != 0) return true;  // what the loader and we write to
        auto bytes = own.contents(segment);
        if (!bytes) return false;
        const auto* loaded = DirectMap(own.slide()).pointer<const std::byte>(PhysAddr(segment.virtual_address));
        if (!is_mapped(loaded, bytes->size())) return false;
        compared += bytes->size();
        // Safety: the bytes are mapped, as was just made sure of.
        for (std::uint64_t i = 0; i < bytes->size(); ++i)
            if (loaded[i] != (*bytes)[i] && !is_relocated(own, segment.virtual_address + i)) return false;
        return true;
    });
    return all && compared != 0;
}

void judge_executable(Report& report) {
    report.section("Executable File Feature");
    const auto* response = limine::request<limine::ExecutableFile>.response();
    if (!report.promise("the request is answered", response != nullptr)) return;
    bool there =
        report.promise("the response lies in bootloader-reclaimable memory",
                       points_into(response, sizeof *response, bootloader_reclaimable) &&
                           points_into(response->executable_file, sizeof(limine::File), bootloader_reclaimable));
    if (!there) return;
    report.promise("the response's revision is 0", response->revision == 0, "it is {}", response->revision);
    const limine::File& file = *response->executable_file;
    auto own = OwnFile::find();
    report.promise("the file is an ELF whose segments are the executable's", own && is_own_image(*own));
    report.promise("the path is the one in the configuration", is_text(file.path, kernel_path));
    report.promise("the string is the command line", is_text(file.string, command_line));
    report.section("File Structure");
    judge_file(report, file);

    report.section("Executable Command Line Feature");
    const auto* line = limine::request<limine::ExecutableCommandLine>.response();
    if (!report.promise("the request is answered", line != nullptr)) return;
    report.promise("the response lies in bootloader-reclaimable memory",
                   points_into(line, sizeof *line, bootloader_reclaimable));
    report.promise("the response's revision is 0", line->revision == 0, "it is {}", line->revision);
    report.promise("the command line is the configuration's, to the letter", is_text(line->command_line, command_line));
    report.promise("the command line is the same memory as the executable file's string",
                   line->command_line == file.string);
}

bool is_alphabet(Bytes bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i)
        if (static_cast<char>(bytes[i]) != static_cast<char>('a' + i % 26)) return false;
    return true;
}

void judge_contents(Report& report, std::span<const limine::File* const> modules) {
    bool all = report.promise("internal modules that are missing and not required are left out", modules.size() == 4,
                              "there are {} modules", modules.size());
    if (!all) return;
    report.promise("internal modules come before those of the configuration",
                   is_text(modules[0]->path, internal_module_path) && is_text(modules[2]->path, first_module_path));
    report.promise("an internal module's path is relative to the executable",
                   is_text(modules[0]->path, internal_module_path));
    report.promise("an internal module's path may go up and down",
                   modules[1]->size == second_module_size && is_alphabet(modules[1]->bytes()));
    report.promise("an internal module has its string", is_text(modules[0]->string, internal_module_string));
    report.promise("an internal module without a string has an empty one", is_text(modules[1]->string, ""));
    report.promise("an internal module holds what the file holds",
                   as_text(modules[0]->bytes()) == internal_module_text);
    report.promise("the configuration's modules come in its order",
                   is_text(modules[2]->path, first_module_path) && is_text(modules[3]->path, second_module_path));
    report.promise("a module has the configuration's string", is_text(modules[2]->string, first_module_string));
    report.promise("a module without a string has an empty one", is_text(modules[3]->string, ""));
    report.promise("a module holds what the file holds", as_text(modules[2]->bytes()) == first_module_text);
    report.promise("a module of more than a page holds what the file holds",
                   modules[3]->size == second_module_size && is_alphabet(modules[3]->bytes()));
}

/// Each module's pages are its own: no other module and no image shares them.
bool pages_are_exclusive(std::span<const limine::File* const> modules) {
    auto first = [](const limine::File& file) { return reinterpret_cast<std::uint64_t>(file.address); };
    auto end = [&](const limine::File& file) { return align_up(first(file) + file.size, page_size); };
    for (const auto* one : modules)
        for (const auto* other : modules)
            if (one != other && first(*one) < end(*other) && first(*other) < end(*one)) return false;
    return std::ranges::all_of(modules, [&](const auto* file) {
        std::uint64_t base = first(*file) - direct_map_offset();
        return lies_in({base, align_up(file->size, page_size)}, executable_and_modules, nullptr, true);
    });
}

void judge_modules(Report& report) {
    report.section("Module Feature");
    const auto* response = limine::request<Modules>.response();
    if (!report.promise("the request is answered", response != nullptr)) return;
    bool there =
        report.promise("the response and its files lie in bootloader-reclaimable memory",
                       points_into(response, sizeof *response, bootloader_reclaimable) &&
                           points_into(response->modules, response->module_count * 8, bootloader_reclaimable) &&
                           std::ranges::all_of(response->view(), [](const auto* file) {
                               return points_into(file, sizeof *file, bootloader_reclaimable);
                           }));
    if (!there) return;
    report.promise("internal modules are honoured: the response's revision is at least 1", response->revision >= 1,
                   "it is {}", response->revision);
    bool mapped = report.promise("each module can be read", std::ranges::all_of(response->view(), [](const auto* file) {
                                     return is_mapped(file->address, file->size);
                                 }));
    if (!mapped) return;
    judge_contents(report, response->view());
    report.promise("each module has its 4 KiB chunks for itself", pages_are_exclusive(response->view()));
    report.promise("each module's address is aligned to 4 KiB",
                   std::ranges::all_of(response->view(), [](const auto* file) {
                       return is_aligned(reinterpret_cast<std::uint64_t>(file->address), page_size);
                   }));
    report.promise("each module lies in memory of type executable and modules",
                   std::ranges::all_of(response->view(), [](const auto* file) {
                       return points_into(file->address, file->size, executable_and_modules);
                   }));
}

}  // namespace

void judge_files(Report& report) {
    judge_executable(report);
    judge_modules(report);
}

}  // namespace lintel::conformance
