// Reads files, and follows the pointers with which an executable names its internal modules.
// Invariant: such a pointer is followed only inside the executable's own image.
#include "loader/core/modules.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/blake2b.hpp"
#include "base/list.hpp"
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
    std::string_view path;
    std::string_view hash;  // empty where there is none
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
    return WantedModule{name, hash, *string, (module->flags & limine::internal_module_required) != 0};
}

/// Since revision 1, the module request names modules of its own.
Result<limine::ModuleParameters> internal_modules(const Requests& requests) {
    if (requests.revision(limine::Modules::id).value_or(0) < 1) return limine::ModuleParameters{};
    auto parameters = TRY(requests.parameters<limine::ModuleParameters>(limine::Modules::id));
    if (parameters.internal_module_count > most_internal_modules)
        return fail(malformed, "the executable asks for more than 1024 modules of its own");
    return parameters;
}

/// Whether `text`, two hexadecimal digits for each byte, spells `hash`.
bool spells(std::string_view text, const Blake2bHash& hash) {
    for (std::size_t i = 0; i < hash.size(); ++i) {
        unsigned byte = 0;
        std::string_view digits = text.substr(2 * i, 2);
        std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (hash[i] != static_cast<std::byte>(byte)) return false;
    }
    return true;
}

}  // namespace

Status FileLoader::verify(std::string_view path, Bytes bytes, std::string_view hash) {
    if (hash.empty() || spells(hash, blake2b(bytes))) return {};
    auto mismatch = fail(malformed, "the file does not have the hash that it must have", path);
    if (mismatches_ == nullptr) return mismatch;
    mismatches_->warn(mismatch.error());
    return {};
}

Result<LoadedFile> FileLoader::load(Volume& volume, std::string_view path, std::string_view hash) {
    OpenFile file = TRY(volume.open(path, NameRule::of_the_volume));
    std::uint64_t size = std::max<std::uint64_t>(file.size, 1);
    if (size > direct_map_limit) return fail(out_of_memory, "the file is larger than memory can be", path);
    PhysAddr place = TRY(firmware_->allocate(size, Contents::undefined));
    // Safety: the firmware just gave us these bytes.
    MutableBytes bytes(firmware_->memory().pointer<std::byte>(place), file.size);
    TRY(volume.read(file, 0, bytes));
    TRY(verify(path, bytes, hash));

    return LoadedFile{.memory = {place, align_up(size, page_size)}, .bytes = bytes, .source = volume.identity()};
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
        auto module = load(*plan.volume, path, wanted.hash);
        if (!module && module.error().code == not_found && !wanted.required) continue;
        // The error would point into our own storage: name the path as the executable wrote it.
        if (!module) return fail(module.error().code, module.error().text, wanted.path, module.error().number);
        TRY(describe(*module, arena, path, wanted.string));
        ensure(modules.push(*module), "there is room for each module");
    }
    for (const Module& wanted : plan.modules) {
        Volume& volume = wanted.volume != nullptr ? *wanted.volume : *plan.volume;
        LoadedFile module = TRY(load(volume, wanted.path, wanted.hash));
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
