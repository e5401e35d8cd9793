// Reads files, and follows the pointers with which an executable names its internal modules.
// Invariant: such a pointer is followed only inside the executable's own image.
#include "loader/core/modules.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/list.hpp"
#include "loader/core/file_hash.hpp"
#include "loader/core/gzip.hpp"
#include "loader/core/measurement.hpp"
#include "loader/core/path.hpp"

namespace lintel::loader {
namespace {

using enum ErrorCode;

/// More are taken for garbage in the request.
constexpr std::uint64_t most_internal_modules = 1024;

/// The address that a pointer of the executable's stands for.
template <class T>
VirtAddr address_of(T* pointer) {
    // Safety: the pointer is only a number here, and never followed.
    return VirtAddr(reinterpret_cast<std::uint64_t>(pointer));
}

/// The executable's image by its own, static addresses.
class ImageReader {
public:
    ImageReader(VirtAddr base, Bytes image) : base_(base), image_(image) {}

    // An address below the image becomes an offset far beyond its end.
    template <class T>
    [[nodiscard]] std::optional<T> read(VirtAddr address) const {
        return read_at<T>(image_, address - base_);
    }

    [[nodiscard]] std::optional<std::string_view> string(const char* pointer) const {
        std::uint64_t start = address_of(pointer) - base_;
        if (start >= image_.size()) return std::nullopt;
        std::string_view text = as_text(image_.subspan(start));
        std::size_t length = text.find('\0');
        if (length == std::string_view::npos) return std::nullopt;
        return text.substr(0, length);
    }

private:
    VirtAddr base_;
    Bytes image_;
};

struct WantedModule {
    std::string_view path;  // relative to the executable
    std::string_view hash;  // empty where there is none
    bool gzip;
    std::string_view string;
    bool required;
};

/// The module that the pointer at `place` leads to.
Result<WantedModule> read_internal_module(const ImageReader& image, VirtAddr place) {
    auto address = image.read<std::uint64_t>(place);
    auto module = address ? image.read<limine::InternalModule>(VirtAddr(*address)) : std::nullopt;
    auto path = module ? image.string(module->path) : std::nullopt;
    auto string = module ? image.string(module->string) : std::nullopt;
    if (!path || !string) return fail(malformed, "the executable describes a module outside its own image");
    std::string_view name = path->substr(0, path->rfind('#'));
    std::string_view hash;
    if (name.size() != path->size()) {
        hash = path->substr(name.size() + 1);
        if (!is_blake2b_hash(hash))
            return fail(malformed, "'#' in a module's path comes before a hash of 128 hexadecimal digits", *path);
    }
    return WantedModule{.path = name,
                        .hash = hash,
                        .gzip = (module->flags & limine::internal_module_compressed) != 0,
                        .string = *string,
                        .required = (module->flags & limine::internal_module_required) != 0};
}

/// Since revision 1, the module request names modules of its own.
Result<limine::ModuleParameters> internal_modules(const Requests& requests) {
    if (requests.revision(limine::Modules::id).value_or(0) < 1) return limine::ModuleParameters{};
    auto parameters = TRY(requests.parameters<limine::ModuleParameters>(limine::Modules::id));
    if (parameters.internal_module_count > most_internal_modules)
        return fail(malformed, "the executable asks for more than 1024 modules of its own");
    return parameters;
}

}  // namespace

Result<FileLoader::Room> FileLoader::room_for(std::uint64_t size) {
    std::uint64_t taken = std::max<std::uint64_t>(size, 1);
    if (taken > direct_map_limit) return fail(out_of_memory, "the file is larger than memory can be");
    PhysAddr place = TRY(firmware_->allocate(taken, Contents::undefined));
    // Safety: the firmware just gave us these bytes.
    return Room{.memory = {place, align_up(taken, page_size)},
                .bytes = {firmware_->memory().pointer<std::byte>(place), size}};
}

Status FileLoader::verify(const WantedFile& wanted, Bytes stored) {
    if (wanted.hash.empty() || has_hash(stored, wanted.hash)) return {};
    auto mismatch = fail(malformed, "the file does not have the hash that it must have", wanted.path);
    if (mismatches_ == nullptr) return mismatch;
    mismatches_->warn(mismatch.error());
    return {};
}

Result<FileLoader::Room> FileLoader::read(const WantedFile& wanted) {
    if (wanted.hash.empty() && unhashed_ == Unhashed::refuse)
        return fail(unsupported,
                    "under Secure Boot, with a hash enrolled, a file's path has to end in '#' and its hash",
                    wanted.path);
    OpenFile file = TRY(wanted.volume->open(wanted.path, NameRule::of_the_volume));
    Room stored = TRY(room_for(file.size));
    TRY(wanted.volume->read(file, 0, stored.bytes));
    if (!wanted.gzip) {
        TRY(verify(wanted, stored.bytes));
        return stored;
    }
    auto compressed = TRY(GzipFile::parse(stored.bytes));
    TRY(verify(wanted, compressed.member()));
    auto contents = room_for(compressed.size());
    if (!contents)
        return fail(out_of_memory, "there is no room for what the file holds", wanted.path, compressed.size());
    TRY(compressed.decompress(contents->bytes));
    // The compressed bytes stay where they are: the executable can reclaim them.
    return *contents;
}

Result<LoadedFile> FileLoader::load(const WantedFile& wanted) {
    auto file = read(wanted);
    if (!file && file.error().subject.empty()) file.error().subject = wanted.path;
    Room room = TRY(file);
    return LoadedFile{.memory = room.memory, .bytes = room.bytes, .source = wanted.volume->identity()};
}

Status describe(LoadedFile& file, Arena& arena, std::string_view path, std::string_view string) {
    const VolumeIdentity& source = file.source;
    file.description = {.revision = 0,
                        .address = arena.shared(file.bytes.data()),
                        .size = file.bytes.size(),
                        .path = arena.shared(TRY(arena.string(path))),
                        .string = arena.shared(TRY(arena.string(string))),
                        .media_type = source.media,
                        .unused = 0,
                        .tftp_ipv4 = {},
                        .tftp_port = 0,
                        .partition_index = source.partition_index,
                        .mbr_disk_id = source.mbr_disk_id,
                        .gpt_disk_uuid = source.gpt_disk,
                        .gpt_part_uuid = source.gpt_partition,
                        .part_uuid = source.filesystem};
    return {};
}

Result<std::span<LoadedFile>> FileLoader::load_modules(const BootPlan& plan, const Requests& requests,
                                                       const Executable& executable, Bytes image, Arena& arena) {
    if (!requests.asks_for(limine::Modules::id)) return std::span<LoadedFile>{};
    auto internal = TRY(internal_modules(requests));
    List<LoadedFile> modules(TRY(arena.array<LoadedFile>(internal.internal_module_count + plan.modules.size())));

    ImageReader reader(executable.base(), image);
    for (std::uint64_t i = 0; i < internal.internal_module_count; ++i) {
        VirtAddr place = address_of(internal.internal_modules) + i * sizeof(std::uint64_t);
        auto wanted = TRY(read_internal_module(reader, place));
        std::array<char, 1024> storage;
        auto path = TRY(path_beside(plan.path, wanted.path, storage));
        auto module = load({plan.volume, path, wanted.hash, wanted.gzip});
        if (!module && module.error().code == not_found && !wanted.required) continue;
        // The error would point into our own storage: name the path as the executable wrote it.
        if (!module) return fail_about(module.error(), wanted.path);
        TRY(describe(*module, arena, path, wanted.string));
        ensure(modules.push(*module), "there is room for each module");
    }
    for (const Module& wanted : plan.modules) {
        Volume* volume = wanted.volume != nullptr ? wanted.volume : plan.volume;
        LoadedFile module = TRY(load({volume, wanted.path, wanted.hash, wanted.gzip}));
        if (plan.measured) TRY(measure_file(*firmware_, "module_path: ", wanted.name, module.bytes));
        TRY(describe(module, arena, wanted.path, wanted.string));
        ensure(modules.push(module), "there is room for each module");
    }
    return modules.view();
}

Result<std::string_view> path_beside(std::string_view path, std::string_view relative, std::span<char> storage) {
    std::size_t size = 0;
    auto append = [&](std::string_view names) -> Status {
        while (!names.empty()) {
            std::string_view name = names.substr(0, names.find('/'));
            names.remove_prefix(std::min(names.size(), name.size() + 1));
            if (name.empty() || name == ".") continue;
            if (name == "..") {
                if (size == 0) return fail(malformed, "the module's path leads out of the volume", relative);
                while (storage[--size] != '/') {
                }
                continue;
            }
            if (name.size() + 1 > storage.size() - size)
                return fail(unsupported, "the module's path is too long", relative);
            storage[size++] = '/';
            std::ranges::copy(name, storage.subspan(size).begin());
            size += name.size();
        }
        return {};
    };
    TRY(append(path.substr(0, path.rfind('/') + 1)));
    TRY(append(relative));
    return std::string_view(storage.data(), size);
}

}  // namespace lintel::loader
